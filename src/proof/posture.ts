import { createHash } from "node:crypto";
import type { EntityManager } from "typeorm";
import { tracked } from "../history/historical";

/**
 * What the functions of history are made of, as hashes: a migration that changes one of them, or the columns of a
 * tracked table, changes its hash here. `npm test` tells the new one.
 */
const FUNCTIONS: Record<string, string> = {
  history_now: "f954044c1f173e5c",
  history_txid: "c5b06cb631ed3a71",
  history_refuse: "f2df444637436b48",
  guard_course_entitlement: "875eb19921fb9d75",
  guard_course_entitlement_support_detail: "034054338f776342",
  guard_course_entitlement_policy: "c6c0ebe612bfc679",
  guard_refund: "c1183b159b52011e",
  guard_support_agent: "8f176103678b7934",
  guard_webhook: "e6810aba388bb3e9",
};

/** The triggers of each kind of table. They fire whatever the role of the session is (`ALWAYS`). */
const TRIGGERS = {
  live: (table: string, owner: string) => ({
    guard:
      `CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR DELETE OR UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED` +
      " FOR EACH ROW WHEN (current_setting('history.covered'::text, true) IS DISTINCT FROM" +
      ` pg_current_xact_id()::text OR SESSION_USER <> '${owner}'::name) EXECUTE FUNCTION guard_${table}()`,
    refuse_truncate: `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()`,
  }),
  history: (table: string) => ({
    append_only: `CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()`,
  }),
};
/** The triggers that have nothing to do with history. */
const OTHER_TRIGGERS = new Set(["refund refund_final"]);

/** Columns of history that only the database itself fills, so that no entry is forged into the past or for another role. */
const FILLED_BY_DATABASE = ["history_id", "history_txid", "history_role", "history_claimed_label"];

/**
 * What would let a change bypass the history: tables that are not plain tables, triggers and functions that are not as
 * the migrations made them, a sequence that lags behind, privileges that nobody but the owner should have. One sentence
 * for each; none when all is as it must be.
 */
export async function postureFaults(db: EntityManager): Promise<string[]> {
  const live = [...tracked.keys()].map(
    (entity) => db.dataSource.getMetadata(entity as () => object).tableName,
  );
  const history = live.map((table) => `historical_${table}`);
  const behind = await sequenceFault(db);
  return [
    ...(await tableFaults(db, [...live, ...history])),
    ...(await triggerFaults(db, live, history)),
    ...(await functionFaults(db, live)),
    ...(await privilegeFaults(db, live, history)),
    ...(behind ? [behind] : []),
  ];
}

/** Whether new entries of history would get lower ids than old ones, as after the promotion of a logical replica. */
export async function sequenceFault(db: EntityManager): Promise<string | null> {
  const tables = [...tracked.values()].map((entity) => db.dataSource.getMetadata(entity).tableName);
  const newest = tables.map((table) => `coalesce((select max(history_id) from "${table}"), 0)`);
  const [row] = await db.query<[{ next: string; newest: string; isBehind: boolean }]>(
    `select next, newest, next <= newest as "isBehind" from (
       select last_value + is_called::int as next, greatest(${newest.join(", ")}) as newest from history_id_seq
     ) found`,
  );
  if (!row.isBehind) return null;
  return (
    `history_id_seq goes on with ${row.next}, but history has entries up to ${row.newest}: new ones would count as` +
    ` older. Run: select setval('history_id_seq', ${row.newest})`
  );
}

async function tableFaults(db: EntityManager, tables: string[]): Promise<string[]> {
  const rows = await db.query<{ fault: string }[]>(
    `select format('%s %s', wanted, case
         when c.oid is null then 'is missing'
         when relkind <> 'r' then 'is not a plain table'
         when relrowsecurity then 'has row security'
         when relhasrules then 'has rules'
         when exists (select from pg_inherits where inhparent = c.oid) then 'has tables that inherit from it' end) as fault
     from unnest($1::text[]) wanted
     left join pg_class c on c.oid = to_regclass(quote_ident(wanted))
     where c.oid is null or relkind <> 'r' or relrowsecurity or relhasrules
       or exists (select from pg_inherits where inhparent = c.oid)`,
    [tables],
  );
  return rows.map(({ fault }) => fault);
}

async function triggerFaults(db: EntityManager, live: string[], history: string[]): Promise<string[]> {
  const [{ owner }] = await db.query<[{ owner: string }]>(
    "select rolname as owner from pg_class join pg_roles on pg_roles.oid = relowner where pg_class.oid = $1::regclass",
    [live[0]],
  );
  const rows = await db.query<{ name: string; isAlways: boolean; definition: string }[]>(
    `select relname || ' ' || tgname as name, tgenabled = 'A' as "isAlways", pg_get_triggerdef(t.oid, true) as definition
     from pg_trigger t join pg_class c on c.oid = tgrelid
     where not tgisinternal and tgrelid = any(select to_regclass(quote_ident(name)) from unnest($1::text[]) name)`,
    [[...live, ...history]],
  );
  const expected = new Map<string, string>();
  const expect = (table: string, triggers: Record<string, string>) => {
    for (const [name, definition] of Object.entries(triggers)) expected.set(`${table} ${name}`, definition);
  };
  for (const table of live) expect(table, TRIGGERS.live(table, owner));
  for (const table of history) expect(table, TRIGGERS.history(table));
  const present = new Map(rows.map((row) => [row.name, row]));
  const missing = [...expected].flatMap(([name, definition]) => {
    const found = present.get(name);
    if (!found) return [`trigger ${name} is missing`];
    if (!found.isAlways) return [`trigger ${name} does not always fire`];
    return found.definition === definition ? [] : [`trigger ${name} is not as it was made`];
  });
  const foreign = rows.filter(({ name }) => !expected.has(name) && !OTHER_TRIGGERS.has(name));
  return [...missing, ...foreign.map(({ name }) => `trigger ${name} is not ours`)];
}

async function functionFaults(db: EntityManager, live: string[]): Promise<string[]> {
  const names = ["history_now", "history_txid", "history_refuse", ...live.map((table) => `guard_${table}`)];
  const rows = await db.query<{ name: string; source: string; isOwners: boolean }[]>(
    `select proname as name, concat_ws(' ', prosecdef, provolatile, coalesce(pg_get_function_sqlbody(oid), prosrc)) as source,
       proowner = (select relowner from pg_class where oid = $2::regclass) as "isOwners"
     from pg_proc where pronamespace = current_schema()::regnamespace and proname = any($1::text[])`,
    [names, live[0]],
  );
  return names.flatMap((name) => {
    const [found, ...others] = rows.filter((row) => row.name === name);
    if (!found) return [`function ${name} is missing`];
    if (others.length > 0) return [`function ${name} is there more than once`];
    if (!found.isOwners) return [`function ${name} does not belong to the owner of the tables`];
    const hash = createHash("sha256").update(found.source).digest("hex").slice(0, 16);
    return hash === FUNCTIONS[name] ? [] : [`function ${name} is not as it was made (${hash})`];
  });
}

async function privilegeFaults(db: EntityManager, live: string[], history: string[]): Promise<string[]> {
  const rows = await db.query<{ fault: string }[]>(
    `with granted as (
       select c.oid, relname, relowner, privilege_type, grantee, null as column_name
       from pg_class c, aclexplode(relacl)
       union all
       select c.oid, relname, relowner, privilege_type, grantee, attname
       from pg_class c join pg_attribute on attrelid = c.oid, aclexplode(attacl))
     select distinct format('%s may %s %s%s', case grantee when 0 then 'everybody' else grantee::regrole::text end,
       lower(privilege_type), relname, '.' || column_name) as fault
     from granted
     where grantee <> relowner and relname::text = any($1::text[] || $2::text[] || array['history_id_seq'])
       and oid = to_regclass(quote_ident(relname)) and case
         when relname = 'history_id_seq' then privilege_type = 'UPDATE'
         when relname = any($1) then privilege_type in ('TRUNCATE', 'TRIGGER')
         when column_name is null then privilege_type not in ('SELECT', 'REFERENCES', 'MAINTAIN')
         else privilege_type = 'UPDATE' or privilege_type = 'INSERT' and column_name = any($3) end
     order by 1`,
    [live, history, FILLED_BY_DATABASE],
  );
  return rows.map(({ fault }) => fault);
}
