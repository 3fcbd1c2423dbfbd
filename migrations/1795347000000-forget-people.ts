import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

const CREATE_HISTORY: Replacement[] = [
  [
    "create index %1$s_source_idx on %1$s (history_source);",
    `create index %1$s_source_idx on %1$s (history_source);
      create index %1$s_user_id_idx on %1$s (history_user_id) where history_user_id is not null;`,
  ],
];
const GUARD_HISTORY: Replacement[] = [
  [
    "alter table %1$s enable always trigger guard, enable always trigger refuse_truncate;",
    `drop trigger if exists erase_only on historical_%1$s;
      create trigger erase_only before update on historical_%1$s for each row
        when (current_setting('history.erasing', true) = pg_current_xact_id()::text)
        execute function history_erase_only();
      alter table historical_%1$s enable always trigger erase_only;
      alter table %1$s enable always trigger guard, enable always trigger refuse_truncate;`,
  ],
];
/** An update that says that it erases is looked at row by row, by another trigger. */
const REFUSE: Replacement[] = [
  [
    "begin\n        raise exception '% of %",
    `begin
        if tg_op = 'UPDATE' and tg_table_name like 'historical\\_%'
          and current_setting('history.erasing', true) = pg_current_xact_id()::text then return null; end if;
        raise exception '% of %`,
  ],
];
/** What was erased is only added to. */
const GUARDED: Replacement[] = [["'history_given_up']", "'history_given_up', 'history_erased']"]];
/** The words about a refund of the past go, whatever has become of it. */
const REFUND: Replacement[] = [
  [
    "begin\n        raise exception 'refund",
    `begin
        if new.detail is null and to_jsonb(new) - 'detail' = to_jsonb(old) - 'detail' then return new; end if;
        raise exception 'refund`,
  ],
];

/** Does something with each history table. */
const eachHistory = (statements: string) => `
  do $$
  declare history text;
  begin
    for history in select table_name from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
    loop
      ${statements}
    end loop;
  end $$;`;

/** The learner of the entitlement that an entry `h` is about, as the entry knows it. */
const LEARNER = `coalesce(
          (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id and e.history_id <= h.history_id
           order by e.history_id desc limit 1),
          (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id order by e.history_id limit 1))`;

/**
 * What forgets a user, and keeps the proofs of history.
 *
 * - `history_erasure`: each erasure, with why and of how many entries. It has a history, and so it is in the log.
 * - `history_erased`: for each value that was erased, the hash that stands for it in what is sealed. With the key of the
 *   account, which is deleted, nobody can tell any more which value that was.
 * - `history_erase()` does it. Nothing else can: an entry may be updated only so that personal values become null, or
 *   `erased`, for which the same transaction has written that hash.
 */
export class ForgetPeople1795347000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table history_erased (
        history_id bigint,
        column_name text,
        hidden text not null constraint history_erased_hidden_check check (hidden ~ '^[0-9a-f]{64}$'),
        erasure_id uuid not null,
        txid bigint not null default history_txid(),
        constraint history_erased_pkey primary key (history_id, column_name)
      );
      create index history_erased_erasure_id_idx on history_erased (erasure_id);

      create function history_erase_only() returns trigger language plpgsql as $$
      declare
        was jsonb := to_jsonb(old);
        new_row jsonb := to_jsonb(new);
        name text;
      begin
        for name in select key from jsonb_each(was) where value is distinct from new_row -> key loop
          if coalesce(new_row ->> name, 'erased') <> 'erased'
            or name not in ('history_user_label', 'history_claimed_label', 'comments', 'detail')
            or not exists (select from history_erased e
              where e.history_id = old.history_id and e.column_name = name and e.txid = history_txid())
          then
            raise exception 'UPDATE of % is refused: history is never changed', tg_table_name
              using errcode = 'object_not_in_prerequisite_state';
          end if;
        end loop;
        return new;
      end $$;
    `);
    await redefine(db, "create_history", CREATE_HISTORY);
    await redefine(db, "guard_history", GUARD_HISTORY);
    await redefine(db, "guard_history_order", GUARDED);
    await redefine(db, "history_refuse", REFUSE);
    await redefine(db, "refuse_refund_change", REFUND);
    await db.query(
      eachHistory(`
      execute format('create index %I on %I (history_user_id) where history_user_id is not null', history || '_user_id_idx', history);
      perform guard_history(substr(history, length('historical_') + 1)::regclass);`),
    );
    await db.query(`
      select guard_history_order();
      create table history_erasure (
        comments text not null,
        entries integer not null,
        created_at timestamptz(3) not null,
        id uuid default gen_random_uuid() constraint history_erasure_pkey primary key,
        user_id bigint not null
      );
      select bound_instants('history_erasure');
      select track_history('history_erasure');
    `);
    const [{ schema }] = (await db.query("select quote_ident(current_schema()) as schema")) as [
      { schema: string },
    ];
    await db.query(eraseFunction(schema));
    await db.query("revoke execute on function history_erase from public");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop function history_erase;
      drop table historical_history_erasure, history_erasure, history_erased;
      drop function guard_history_erasure;
    `);
    await redefine(db, "refuse_refund_change", REFUND.map(reversed));
    await redefine(db, "history_refuse", REFUSE.map(reversed));
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await redefine(db, "guard_history", GUARD_HISTORY.map(reversed));
    await redefine(db, "create_history", CREATE_HISTORY.map(reversed));
    await db.query(
      eachHistory(`
      execute format('drop index %I', history || '_user_id_idx');
      execute format('drop trigger erase_only on %I', history);
      perform guard_history(substr(history, length('historical_') + 1)::regclass);`),
    );
    await db.query("drop function history_erase_only");
  }
}

/** Erases what entries say of an account: its name where it acted, and words about it. Returns of how many entries. */
function eraseFunction(schema: string): string {
  return `
  create function history_erase(whose bigint, erasure uuid) returns integer language plpgsql
    security definer set search_path = ${schema}, pg_temp as $outer$
  declare
    subject bytea;
    history text;
    words text;
    about text;
  begin
    insert into history_subject_key (user_id, key)
      values (whose, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) on conflict do nothing;
    select key into subject from history_subject_key where user_id = whose;
    perform set_config('history.erasing', pg_current_xact_id()::text, true);
    for history in select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
      and relname like 'historical\\_%' order by relname
    loop
      words := case history when 'historical_course_entitlement_support_detail' then 'comments'
        when 'historical_refund' then 'detail' when 'historical_support_agent' then 'comments' end;
      about := case when words is null then 'null::bigint' when history = 'historical_support_agent' then 'h.user_id'
        else $learner$${LEARNER}$learner$ end;
      execute format($sql$
        insert into history_erased (history_id, column_name, hidden, erasure_id)
        select h.history_id, c.name, encode(sha256(sha256($2 || int8send(h.history_id)) ||
          convert_to(c.name || ':' || c.value, 'UTF8')), 'hex'), $3
        from (
          select * from %1$I where history_user_id = $1
          %2$s
        ) h cross join lateral (values
          ('history_user_label', h.history_user_label::text, h.history_user_id),
          ('history_claimed_label', h.history_claimed_label::text, h.history_user_id),
          (%3$L, %4$s, %5$s)) c(name, value, subject)
        where c.subject = $1 and c.value is not null
        on conflict do nothing
      $sql$, history,
        case when words is null then '' when history = 'historical_support_agent' then
            format('union select * from %I where user_id = $1', history)
          else format('union select * from %I where entitlement_id in (
            select id from historical_course_entitlement where user_id = $1)', history) end,
        coalesce(words, ''), case when words is null then 'null::text' else 'h.' || words end, about)
      using whose, subject, erasure;
      execute format($sql$
        update %1$I h set
          history_user_label = case when e.names @> '{history_user_label}' then 'erased' else history_user_label end,
          history_claimed_label = case when e.names @> '{history_claimed_label}' then null else history_claimed_label end
          %2$s
        from (select history_id, array_agg(column_name) as names from history_erased where erasure_id = $1
          group by history_id) e
        where h.history_id = e.history_id
      $sql$, history, case when words is null then '' else format(
        ', %1$I = case when e.names @> ''{%1$s}'' then %2$s else %1$I end', words,
        case history when 'historical_support_agent' then '''erased''' else 'null' end) end)
      using erasure;
    end loop;
    perform set_config('history.erasing', '', true);
    delete from history_subject_key where user_id = whose;
    return (select count(distinct history_id) from history_erased where erasure_id = erasure);
  end $outer$`;
}
