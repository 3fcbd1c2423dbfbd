import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

/** The lock of who seals: what is sealed and what is forgotten must agree on the key of an account. */
const LOCK = "perform pg_advisory_xact_lock(1795341600);";

const ERASE: Replacement[] = [
  [
    "begin\n    insert into history_subject_key (user_id, key)",
    `begin\n    ${LOCK}\n    insert into history_subject_key (user_id, key)`,
  ],
  [
    "sha256(sha256($2 || int8send(h.history_id)) ||",
    `sha256(coalesce((select s.salt from history_salt s where s.history_id = h.history_id and s.user_id = $1),
          sha256($2 || int8send(h.history_id))) ||`,
  ],
  [
    "delete from history_subject_key where user_id = whose;",
    "delete from history_subject_key where user_id = whose;\n    delete from history_salt where user_id = whose;",
  ],
];

/** The learner of the entitlement that an entry `h` is about, as the entry knows it. */
const LEARNER = `coalesce(
  (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id and e.history_id <= h.history_id
   order by e.history_id desc limit 1),
  (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id order by e.history_id limit 1))`;

/**
 * Retention by age: what history says of people is removed from its old entries, and what is sealed stays provable.
 *
 * - A row of \`history_erasure\` without a user is a part of such a retention: of which type the entries were, and before
 *   which instant they all count.
 * - The key of an account would let anybody who has it find a removed name by trying names. So it is deleted as well, once
 *   the salts of the entries that stay are kept one by one, in \`history_salt\`. \`reveals\` marks a key that is to go.
 * - \`history_personal()\` writes SQL for what entries say of people: the name of the column, the value, and the account.
 * - \`history_retain()\` removes that from a number of entries, and \`history_forget_keys()\` deletes the keys that are to go.
 *   Only the owner of the tables may call them.
 */
export class RetainHistory1795348200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table history_erasure alter column user_id drop not null,
        add column entity_type text, add column covers_until timestamptz(3);
      alter table historical_history_erasure alter column user_id drop not null,
        add column entity_type text, add column covers_until timestamptz(3);
      select guard_history('history_erasure');
      select bound_instants('history_erasure'), bound_instants('historical_history_erasure');
      alter table history_subject_key add column reveals boolean not null default false;
      create table history_salt (
        history_id bigint,
        user_id bigint,
        salt bytea not null constraint history_salt_salt_check check (octet_length(salt) = 32),
        constraint history_salt_pkey primary key (history_id, user_id)
      );
      create index history_salt_user_id_idx on history_salt (user_id);
    `);
    await redefine(db, "history_erase", ERASE);
    const [{ schema }] = (await db.query("select quote_ident(current_schema()) as schema")) as [
      { schema: string },
    ];
    await db.query(personal + retain(schema) + forgetKeys(schema));
    await db.query("revoke execute on function history_retain, history_forget_keys from public");
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query("drop function history_retain, history_forget_keys, history_personal");
    await redefine(db, "history_erase", ERASE.map(reversed));
    await db.query(`
      alter table history_erasure disable trigger guard;
      alter table historical_history_erasure disable trigger append_only;
      alter table history_erased disable trigger append_only;
      delete from history_erased using history_erasure e where e.id = erasure_id and e.user_id is null;
      delete from history_erasure where user_id is null;
      delete from historical_history_erasure where user_id is null;
      set constraints history_erased_erasure_id_fkey immediate;
      alter table historical_history_erasure enable always trigger append_only;
      alter table history_erased enable always trigger append_only;
      drop table history_salt;
      alter table history_subject_key drop column reveals;
      alter table history_erasure drop column entity_type, drop column covers_until, alter column user_id set not null;
      alter table historical_history_erasure drop column entity_type, drop column covers_until,
        alter column user_id set not null;
      select guard_history('history_erasure');
      select bound_instants('history_erasure'), bound_instants('historical_history_erasure');
    `);
  }
}

const personal = `
  create function history_personal(history text, entries text) returns text stable language plpgsql as $outer$
  declare
    words text := case history when 'historical_course_entitlement_support_detail' then 'comments'
      when 'historical_refund' then 'detail' when 'historical_support_agent' then 'comments' end;
    about text := case history when 'historical_support_agent' then 'h.user_id' else $learner$${LEARNER}$learner$ end;
  begin
    return format($sql$
      select h.history_id, c.name, c.value, c.subject
      from (%s) h cross join lateral (values
        ('history_user_label', h.history_user_label::text, h.history_user_id),
        ('history_claimed_label', h.history_claimed_label::text, h.history_user_id)%s) c (name, value, subject)
      where c.subject is not null and c.value is not null and not exists (
        select from history_erased r where r.history_id = h.history_id and r.column_name = c.name)
    $sql$, entries, case when words is null then '' else format(', (%L, h.%I::text, %s)', words, words, about) end);
  end $outer$;`;

/** Removes what at most so many entries of one table say, which count from before an instant, by the order of their ids. */
const retain = (schema: string) => `
  create function history_retain(history text, before timestamptz, erasure uuid, after bigint, most integer,
    out last bigint, out entries integer) language plpgsql security definer set search_path = ${schema}, pg_temp as $outer$
  declare
    ids bigint[];
    said text := history_personal(history, format('select e.* from %I e where e.history_id = any($1)', history));
    words text := case history when 'historical_course_entitlement_support_detail' then 'comments'
      when 'historical_refund' then 'detail' when 'historical_support_agent' then 'comments' end;
  begin
    ${LOCK}
    execute format($sql$
      select array_agg(history_id), max(history_id) from (
        select o.history_id from %I o join history_transaction x on x.txid = o.history_txid
        where o.history_date < $1 and (x.at < $1 or exists (select from history_told t where t.txid = o.history_txid))
          and o.history_id > $2 and exists (%s)
        order by o.history_id limit $3
      ) old
    $sql$, history, history_personal(history, 'select o.*')) into ids, last using before, after, most;
    entries := coalesce(cardinality(ids), 0);
    if entries = 0 then return; end if;
    execute format($sql$
      insert into history_subject_key (user_id, key)
      select subject, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) from (%s) said
      group by subject on conflict do nothing
    $sql$, said) using ids;
    execute format($sql$
      update history_subject_key set reveals = true where not reveals and user_id in (
        select subject from (%s) said where not exists (
          select from history_salt s where s.history_id = said.history_id and s.user_id = said.subject))
    $sql$, said) using ids;
    execute format($sql$
      insert into history_erased (history_id, column_name, hidden, erasure_id)
      select said.history_id, said.name, encode(sha256(coalesce(s.salt, sha256(k.key || int8send(said.history_id))) ||
        convert_to(said.name || ':' || said.value, 'UTF8')), 'hex'), $2
      from (%s) said join history_subject_key k on k.user_id = said.subject
      left join history_salt s on s.history_id = said.history_id and s.user_id = said.subject
    $sql$, said) using ids, erasure;
    perform set_config('history.erasing', pg_current_xact_id()::text, true);
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
    perform set_config('history.erasing', '', true);
    delete from history_salt where history_id = any(ids);
  end $outer$;`;

/** Deletes at most so many keys that are to go, and keeps the salts of what is still said of their accounts. */
const forgetKeys = (schema: string) => `
  create function history_forget_keys(most integer) returns integer language plpgsql
    security definer set search_path = ${schema}, pg_temp as $outer$
  declare
    users bigint[];
    history text;
    others text;
  begin
    ${LOCK}
    users := array(select user_id from history_subject_key where reveals order by user_id limit most);
    for history in select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
      and relname like 'historical\\_%' and users <> '{}' order by relname
    loop
      others := case
        when history in ('historical_course_entitlement_support_detail', 'historical_refund') then
          ' or e.entitlement_id in (select id from historical_course_entitlement where user_id = any($1))'
        when history = 'historical_support_agent' then ' or e.user_id = any($1)' else '' end;
      execute format($sql$
        insert into history_salt (history_id, user_id, salt)
        select distinct said.history_id, said.subject, sha256(k.key || int8send(said.history_id))
        from (%s) said join history_subject_key k on k.user_id = said.subject
        where said.subject = any($1) on conflict do nothing
      $sql$, history_personal(history, format('select e.* from %I e where e.history_user_id = any($1)%s', history, others)))
      using users;
    end loop;
    delete from history_subject_key where user_id = any(users);
    return cardinality(users);
  end $outer$;`;
