import type { EntityManager } from "typeorm";

/** Columns of history that only the database fills, so that no entry is forged into the past or for another role. */
const FILLED_BY_DATABASE = "('history_id', 'history_txid', 'history_role', 'history_claimed_label')";

/**
 * For each table, a REVOKE of all that was ever granted and a GRANT, as text; $1 is the role. The owner's own tables only, as
 * others are not its to give, and none that the role owns itself.
 */
const TABLES = `
  select format('revoke all on table %1$s from %3$I; grant %2$s on table %1$s to %3$I', c.oid::regclass, case
    when relname in ('migrations', 'history_told', 'history_given_up', 'history_erased', 'history_salt') then 'select'
    when relname in ('history_transaction', 'history_checkpoint', 'history_cosignature', 'history_subject_key') then 'select, insert'
    when relname in ('history_clock', 'history_tile') then 'select, insert, update'
    when relname like 'historical\\_%' then format('select, insert (%s)', (
      select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
      where attrelid = c.oid and attnum > 0 and not attisdropped and attname not in ${FILLED_BY_DATABASE}))
    else 'select, insert, update, delete' end, $1::text) as sql
  from pg_class c join pg_roles on pg_roles.oid = relowner
  where relnamespace = current_schema()::regnamespace and relkind = 'r' and pg_has_role(relowner, 'member') and rolname <> $1
  order by relname`;
/**
 * A REVOKE for each function of history and for its sequence, as default privileges may have granted more than is needed when
 * a migration made them; and one of the right to create what functions of the owner would find. None where the role owns it.
 */
const OTHERS = `
  select format('revoke %s from %I', right_on, $1::text) as sql from (
    select 'all on function ' || oid::regprocedure as right_on, proowner as owner from pg_proc
    where pronamespace = current_schema()::regnamespace and proname ~ '^(history|guard)_'
    union all
    select 'all on sequence ' || oid::regclass, relowner from pg_class where oid = 'history_id_seq'::regclass
    union all
    select format('create on schema %I', nspname), nspowner from pg_namespace where nspname = current_schema()
  ) others join pg_roles on pg_roles.oid = owner
  where pg_has_role(owner, 'member') and rolname <> $1
  order by 1`;
/** The engine of background work makes and changes its own tables, so they must belong to the role that serves. */
const QUEUE_OF_OTHERS = `
  select exists (select from pg_class join pg_roles on pg_roles.oid = relowner
    where relnamespace = 'jobs'::regnamespace and rolname <> $1) as "isOfOthers"`;

/**
 * How `pg_has_role` is asked whether a membership can be used. Since PostgreSQL 16 one can be without use, as that of who
 * has made the role.
 */
export const OF_USE =
  "case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'USAGE, SET' end";
/** What the tables are in, and who owns it: public belongs to the owner of the database unless it was given to a role. */
export const AROUND = `
  select format('database %I', datname) as what, datdba as holder from pg_database where datname = current_database()
  union all
  select format('schema %I', nspname), nspowner from pg_namespace
  where nspname = current_schema() and nspowner <> 'pg_database_owner'::regrole`;
/** Who owns the tables, or will; $1 is the role that serves. */
const TAKEN_FROM_SERVING = `
  select format('alter %s owner to %I', what, pg_get_userbyid(owner)) as sql
  from pg_roles serving, (${AROUND}) around, (
    select coalesce((select relowner from pg_class where oid = to_regclass('migrations')),
      (select oid from pg_roles where rolname = current_user)) as owner) tables
  where rolname = $1 and not rolsuper and serving.oid <> owner and holder <> owner and pg_has_role(serving.oid, holder, ${OF_USE})`;

/**
 * The statements by which a superuser has to take from the role that serves what the tables are in: whoever owns that may drop
 * the tables, and what guards history. None where all is as it must be.
 */
export async function takenFromServing(owner: EntityManager, role: string): Promise<string[]> {
  const rows = await owner.query<{ sql: string }[]>(TAKEN_FROM_SERVING, [role]);
  return rows.map(({ sql }) => sql);
}

/**
 * Grants a role what the server needs, and nothing by which history could be changed, bypassed or signed for another
 * role: it may read and write the tables and add entries to history. What an earlier version granted beyond that is
 * revoked. It owns nothing but the queue of background work, which is created again where it belongs to another role: the
 * tasks that waited in it become due again by themselves.
 */
export async function grantServing(owner: EntityManager, role: string): Promise<void> {
  await owner.transaction(async (tx) => {
    const [{ schema, quoted }] = await tx.query<[{ schema: string; quoted: string }]>(
      "select quote_ident(current_schema()) as schema, quote_ident($1) as quoted",
      [role],
    );
    const [{ isOfOthers }] = await tx.query<[{ isOfOthers: boolean }]>(QUEUE_OF_OTHERS, [role]);
    const tables = await tx.query<{ sql: string }[]>(TABLES, [role]);
    const others = await tx.query<{ sql: string }[]>(OTHERS, [role]);
    const grants = [
      ...others.map(({ sql }) => sql),
      ...(isOfOthers ? ["drop schema jobs cascade", "create schema jobs"] : []),
      `grant usage on schema ${schema} to ${quoted}`,
      `grant usage, create on schema jobs to ${quoted}`,
      `grant usage, select on sequence history_id_seq to ${quoted}`,
      `grant execute on function history_erase to ${quoted}`,
      ...tables.map(({ sql }) => sql),
    ];
    for (const sql of grants) await tx.query(sql);
  });
}
