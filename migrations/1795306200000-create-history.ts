import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * History, and the guard that nothing escapes. `track_history(table)` does all of it for one table; a migration that
 * changes the columns of a tracked table changes its history alike and calls `guard_history(table)` again.
 */
export class CreateHistory1795306200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- One sequence for all history, so that entries of different tables have an order too.
      create sequence history_id_seq;

      create function history_now() returns timestamptz volatile language sql
        return date_trunc('milliseconds', clock_timestamp());

      create function history_refuse() returns trigger language plpgsql as $$
      begin
        raise exception '% of % is refused: %', tg_op, tg_table_name,
          case when tg_table_name like 'historical\\_%' then 'history is never changed'
            else 'history could not record it; use delete' end
          using errcode = 'object_not_in_prerequisite_state';
      end $$;
    `);
    await db.query(createHistory);
    await db.query(guardHistory);
    await db.query(`
      create function track_history(live regclass) returns void language sql as $$
        select create_history(live);
        select guard_history(live);
      $$;
      select track_history(live) from unnest(array['course_entitlement_policy', 'course_entitlement',
        'course_entitlement_support_detail']::regclass[]) live;
      -- What belongs to an entitlement, and what a list as of an instant is narrowed by.
      create index historical_course_entitlement_support_detail_entitlement_id_idx
        on historical_course_entitlement_support_detail (entitlement_id, history_id);
      create index historical_course_entitlement_of_user_idx on historical_course_entitlement (user_id);
      create index historical_course_entitlement_of_course_idx on historical_course_entitlement (course_uuid);
      create index historical_course_entitlement_of_order_idx on historical_course_entitlement (order_number)
        where order_number is not null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table historical_course_entitlement_support_detail, historical_course_entitlement,
        historical_course_entitlement_policy;
      drop function guard_course_entitlement_support_detail, guard_course_entitlement,
        guard_course_entitlement_policy cascade;
      drop trigger refuse_truncate on course_entitlement_support_detail;
      drop trigger refuse_truncate on course_entitlement;
      drop trigger refuse_truncate on course_entitlement_policy;
      drop function track_history, guard_history, create_history, history_refuse, history_now;
      drop sequence history_id_seq;
    `);
  }
}

/** The history table: the columns of the live one, references nullable, and who, when, why and how. It starts with the rows there are. */
export const createHistory = `
  create function create_history(live regclass) returns void language plpgsql as $outer$
  declare
    history text := 'historical_' || live;
    reference text;
  begin
    execute format($ddl$
      create table %1$s (
        like %2$s including defaults,
        history_id bigint default nextval('history_id_seq') not null constraint %1$s_pkey primary key,
        history_date timestamptz(3) not null,
        history_type char(1) not null
          constraint %1$s_type_check check (history_type in ('+', '~', '-')),
        history_change_reason text not null,
        history_user_id bigint,
        history_user_label text not null,
        history_source varchar(8) not null
          constraint %1$s_source_check
            check (history_source in ('API', 'JOB', 'CLI', 'IMPORT', 'DATABASE')),
        history_request_id text,
        history_txid bigint not null
      );
      alter table %1$s alter column id drop default;
      create index %1$s_id_idx on %1$s (id, history_id);
      -- Rows arrive by date, so a summary of each few pages finds a day; a hash of a request's id is half its length.
      create index %1$s_date_idx on %1$s using brin (history_date) with (pages_per_range = 16);
      create index %1$s_request_id_idx on %1$s using hash (history_request_id);
      create index %1$s_user_label_idx on %1$s (history_user_label);
      create index %1$s_reason_idx on %1$s (history_change_reason);
      create index %1$s_source_idx on %1$s (history_source);
      create trigger append_only before update or delete or truncate on %1$s
        for each statement execute function history_refuse();
      create trigger refuse_truncate before truncate on %2$s
        for each statement execute function history_refuse();
    $ddl$, history, live);
    for reference in
      select attname from pg_attribute join pg_constraint on conrelid = attrelid and conkey = array[attnum]
        where contype = 'f' and attrelid = live
    loop
      execute format('alter table %s alter column %I drop not null', history, reference);
    end loop;
    execute format($sql$
      insert into %s select l.*, nextval('history_id_seq'), history_now(), '+', 'startOfHistory', null, 'system',
        'DATABASE', null, pg_current_xact_id()::text::bigint from %s l
    $sql$, history, live);
  end $outer$;`;

/**
 * The guard: at commit it compares each changed row with its newest history and writes what is missing. It compares
 * images (\`*<>\`), as equality would not tell 24 hours from a day. It runs with its owner's rights, so that a role
 * that may change a table need not be let into its history. Its condition lets pass only what the set-based helper,
 * which names the running transaction, answers for.
 */
export const guardHistory = `
  create function guard_history(live regclass) returns void language plpgsql as $outer$
  declare
    columns text[] := (select array_agg(format('%I', attname) order by attnum) from pg_attribute
      where attrelid = live and attnum > 0 and not attisdropped);
    bare text := array_to_string(columns, ', ');
    of_live text := 'l.' || array_to_string(columns, ', l.');
    of_old text := 'old.' || array_to_string(columns, ', old.');
    of_history text := 'h.' || array_to_string(columns, ', h.');
  begin
    execute format($ddl$
      create or replace function guard_%1$s() returns trigger language plpgsql
        security definer set search_path = %6$s, pg_temp as $body$
      #variable_conflict use_variable
      declare
        label text := coalesce(nullif(current_setting('history.user', true), ''), 'database:' || session_user);
        user_id bigint := nullif(current_setting('history.user_id', true), '');
        reason text := coalesce(nullif(current_setting('history.reason', true), ''), 'sql');
        request_id text := nullif(current_setting('history.request_id', true), '');
      begin
        if tg_op <> 'DELETE' then
          insert into historical_%1$s (%2$s, history_date, history_type, history_change_reason, history_user_id,
            history_user_label, history_source, history_request_id, history_txid)
          select %3$s, greatest(last.history_date, history_now()),
            case when last.history_type <> '-' then '~' else '+' end, reason, user_id, label, 'DATABASE', request_id,
            pg_current_xact_id()::text::bigint
          from %1$s l left join lateral (
            select h.history_date, h.history_type, row(%5$s)::record as image
            from historical_%1$s h where h.id = l.id order by h.history_id desc limit 1
          ) last on true
          where l.id = new.id and (last.history_type <> '-' and row(%3$s)::record *= last.image) is not true;
        end if;
        if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.id <> new.id then
          insert into historical_%1$s (%2$s, history_date, history_type, history_change_reason, history_user_id,
            history_user_label, history_source, history_request_id, history_txid)
          select %4$s, greatest(last.history_date, history_now()), '-', reason, user_id, label, 'DATABASE', request_id,
            pg_current_xact_id()::text::bigint
          from (
            select h.history_date, h.history_type
            from historical_%1$s h where h.id = old.id order by h.history_id desc limit 1
          ) last
          where last.history_type <> '-' and not exists (select from %1$s l where l.id = old.id);
        end if;
        return null;
      end $body$;
    $ddl$, live, bare, of_live, of_old, of_history, current_schema());
    execute format($ddl$
      drop trigger if exists guard on %1$s;
      create constraint trigger guard after insert or update or delete on %1$s
        deferrable initially deferred for each row
        when (current_setting('history.covered', true) is distinct from pg_current_xact_id()::text)
        execute function guard_%1$s();
    $ddl$, live);
  end $outer$;`;
