import type { MigrationInterface, QueryRunner } from "typeorm";
import { createHistory, guardHistory } from "./1795306200000-create-history";

/**
 * What a role that is not the owner of the tables could do unseen: announce that the history of a change is taken care
 * of, and sign it as anybody. And what passed by triggers that are not always enabled: replication and restores.
 *
 * - `history.covered` counts from the owner only.
 * - `history_role` is the role that was logged in. Nobody but the owner may write it.
 * - Who may not write history itself cannot sign a change either: the guard labels it with the role, and keeps the name
 *   that was given as `history_claimed_label`.
 * - All triggers of history fire always. `guard_history(table)` makes all of them anew.
 */
export class CloseDoorsOfHistory1795312800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function history_txid() returns bigint volatile language sql
        return pg_current_xact_id()::text::bigint`);
    await db.query(replacing(createHistoryWithRole));
    await db.query(replacing(guardHistoryOfOwner));
    await db.query(`
      do $$
      declare history text;
      begin
        for history in select table_name from information_schema.tables
          where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
        loop
          -- Which role wrote the entries that are there is not known.
          execute format($ddl$
            alter table %1$I add column history_role text not null default 'unknown',
              add column history_claimed_label text,
              alter column history_txid set default history_txid();
            alter table %1$I alter column history_role set default session_user;
          $ddl$, history);
          perform guard_history(substr(history, length('historical_') + 1)::regclass);
        end loop;
      end $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(replacing(createHistory));
    await db.query(replacing(guardHistory));
    await db.query(`
      do $$
      declare history text; live text;
      begin
        for history in select table_name from information_schema.tables
          where table_schema = current_schema() and table_name like 'historical\\_%'
        loop
          live := substr(history, length('historical_') + 1);
          perform guard_history(live::regclass);
          execute format($ddl$
            alter table %1$I drop column history_role, drop column history_claimed_label,
              alter column history_txid drop default, enable trigger append_only;
            alter table %2$I enable trigger refuse_truncate;
          $ddl$, history, live);
        end loop;
      end $$;
      drop function history_txid;
    `);
  }
}

function replacing(statement: string): string {
  return statement.replace("create function", "create or replace function");
}

/** As before, and with what the guard and `history_role` need. */
const createHistoryWithRole = createHistory
  .replace(
    "history_txid bigint not null\n",
    `history_txid bigint not null default history_txid(),
        history_role text not null default session_user,
        history_claimed_label text
`,
  )
  .replace(
    "'DATABASE', null, pg_current_xact_id()::text::bigint from %s l",
    "'DATABASE', null, pg_current_xact_id()::text::bigint, session_user, null from %s l",
  )
  .replace("  end $outer$", "    perform bound_instants(history::regclass);\n  end $outer$");

const guardHistoryOfOwner = `
  create function guard_history(live regclass) returns void language plpgsql as $outer$
  declare
    columns text[] := (select array_agg(format('%I', attname) order by attnum) from pg_attribute
      where attrelid = live and attnum > 0 and not attisdropped);
    bare text := array_to_string(columns, ', ');
    of_live text := 'l.' || array_to_string(columns, ', l.');
    of_old text := 'old.' || array_to_string(columns, ', old.');
    of_history text := 'h.' || array_to_string(columns, ', h.');
    table_owner text := (select rolname from pg_class join pg_roles on pg_roles.oid = relowner
      where pg_class.oid = live);
  begin
    execute format($ddl$
      create or replace function guard_%1$s() returns trigger language plpgsql
        security definer set search_path = %6$s, pg_temp as $body$
      #variable_conflict use_variable
      declare
        claimed text := nullif(current_setting('history.user', true), '');
        may_sign boolean := has_column_privilege(session_user, 'historical_%1$s', 'history_user_label', 'insert');
        label text := case when may_sign and claimed is not null then claimed else 'database:' || session_user end;
        claimed_label text := case when not may_sign then claimed end;
        user_id bigint := case when may_sign then nullif(current_setting('history.user_id', true), '') end;
        reason text := coalesce(nullif(current_setting('history.reason', true), ''), 'sql');
        request_id text := nullif(current_setting('history.request_id', true), '');
      begin
        -- Only the programs that restore dumps set this. The history of what they restore is in the dump.
        if current_setting('check_function_bodies') = 'off' then
          raise exception '%% is restored with its triggers on, which would make up its history', tg_table_name
            using errcode = 'object_not_in_prerequisite_state', hint = 'Restore data with --disable-triggers.';
        end if;
        if tg_op <> 'DELETE' then
          insert into historical_%1$s (%2$s, history_date, history_type, history_change_reason, history_user_id,
            history_user_label, history_claimed_label, history_source, history_request_id)
          select %3$s, greatest(last.history_date, history_now()),
            case when last.history_type <> '-' then '~' else '+' end, reason, user_id, label, claimed_label,
            'DATABASE', request_id
          from %1$s l left join lateral (
            select h.history_date, h.history_type, row(%5$s)::record as image
            from historical_%1$s h where h.id = l.id order by h.history_id desc limit 1
          ) last on true
          where l.id = new.id and (last.history_type <> '-' and row(%3$s)::record *= last.image) is not true;
        end if;
        if tg_op = 'DELETE' or tg_op = 'UPDATE' and old.id <> new.id then
          insert into historical_%1$s (%2$s, history_date, history_type, history_change_reason, history_user_id,
            history_user_label, history_claimed_label, history_source, history_request_id)
          select %4$s, greatest(last.history_date, history_now()), '-', reason, user_id, label, claimed_label,
            'DATABASE', request_id
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
        when (current_setting('history.covered', true) is distinct from pg_current_xact_id()::text
          or session_user <> %2$L)
        execute function guard_%1$s();
      drop trigger if exists refuse_truncate on %1$s;
      create trigger refuse_truncate before truncate on %1$s
        for each statement execute function history_refuse();
      drop trigger if exists append_only on historical_%1$s;
      create trigger append_only before update or delete or truncate on historical_%1$s
        for each statement execute function history_refuse();
      alter table %1$s enable always trigger guard, enable always trigger refuse_truncate;
      alter table historical_%1$s enable always trigger append_only;
    $ddl$, live, table_owner);
  end $outer$;`;
