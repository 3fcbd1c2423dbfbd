import { createHash } from "node:crypto";
import type { EntityManager } from "typeorm";
import { tracked } from "../history/historical";
import { homeFaults } from "./home";
import { runFaults } from "./posture/functions";
import { ownershipFaults, privilegeFaults } from "./posture/privileges";
import { tableFaults } from "./posture/tables";

/**
 * What the functions of history are made of, as hashes: a migration that changes one of them, or the columns of a
 * tracked table, changes its hash here. `npm test` tells the new one.
 */
const FUNCTIONS: Record<string, string> = {
  history_now: "f954044c1f173e5c",
  history_txid: "f5e86c0760d86eeb",
  history_txid_offset: "4361232e0acda47e",
  history_refuse: "4e7874f91a3f93cd",
  history_clock_forward: "e52a480c64e2f0e4",
  history_erase: "9faab436f9c996ba",
  history_erase_only: "c66cd42b2f9cffd9",
  history_personal: "ecc957b44ec80be7",
  history_retain: "7a36db642e948601",
  history_forget_keys: "dac4bd068e68e476",
  history_count: "03cb6d05c404cac6",
  guard_course_entitlement: "400007688bfb2e9c",
  guard_course_entitlement_support_detail: "b36c3146c8925fda",
  guard_course_entitlement_policy: "c288261daaf548b5",
  guard_course_enrollment: "816fe4dd156861c4",
  guard_certificate: "29c120c837641737",
  guard_course_run: "35f0c4b8fd241acb",
  guard_refund: "5fde3a30be5fc9e0",
  guard_support_agent: "dc3ef3d703af003f",
  guard_history_erasure: "3cdffebc8e71520a",
  guard_webhook: "d618df75b5513024",
};

/** The triggers of each kind of table. They fire whatever the role of the session is (`ALWAYS`). */
const TRIGGERS = {
  live: (table: string, owner: string) => ({
    guard:
      `CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR DELETE OR UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED` +
      " FOR EACH ROW WHEN (current_setting('history.covered'::text, true) IS DISTINCT FROM" +
      ` pg_current_xact_id()::text OR SESSION_USER <> '${owner.replaceAll("'", "''")}'::name) EXECUTE FUNCTION guard_${table}()`,
    refuse_truncate: `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()`,
  }),
  counted: (table: string) => ({
    counted: `CREATE TRIGGER counted AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION history_count()`,
  }),
  clock: (table: string) => ({
    forward: `CREATE TRIGGER forward BEFORE DELETE OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION history_clock_forward()`,
  }),
  history: (table: string) => ({
    append_only: `CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()`,
    append_only_rows: `CREATE TRIGGER append_only_rows BEFORE DELETE OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION history_refuse()`,
  }),
  erasable: (table: string) => ({
    erase_only:
      `CREATE TRIGGER erase_only BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (current_setting('history.erasing'::text, true)` +
      " = pg_current_xact_id()::text) EXECUTE FUNCTION history_erase_only()",
  }),
};
/** The role in the condition of a guard. */
const ROLE = /(?<=SESSION_USER <> )'(?:[^']|'')*'/;
/** The triggers that have nothing to do with history. */
const OTHER_TRIGGERS = new Set(["refund refund_final"]);

/**
 * The tables of the order of history and of its seal that are only added to, by whoever serves. Of the keys of what is hidden
 * in the seal, functions of the owner delete those of people to forget.
 */
const ORDER = ["history_transaction", "history_checkpoint", "history_cosignature", "history_subject_key"];
/** Those that only the owner or its functions add to: what tells a past, was given up of another one, or was erased. */
const OWNERS = ["history_told", "history_given_up", "history_erased"];
const COUNTED = ["history_checkpoint", "history_cosignature"];
const CLOCK = "history_clock";
/** The hashes of what is sealed. */
const TILES = "history_tile";
/** The salts of what is hidden, which only functions of the owner write. */
const SALTS = "history_salt";
const SEQUENCE = "history_id_seq";

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
  const tables = [...live, ...history, ...ORDER, ...OWNERS, CLOCK, TILES, SALTS, SEQUENCE];
  const found = [
    ...(await tableFaults(db, tables, live[0]!)),
    ...(await triggerFaults(db, live, [...history, ...ORDER, ...OWNERS])),
    ...(await functionFaults(db, live)),
    ...(await privilegeFaults(db, {
      live,
      history,
      added: ORDER,
      owners: [...OWNERS, SALTS],
      kept: [CLOCK, TILES],
      sequence: SEQUENCE,
    })),
    ...(await ownershipFaults(db, live[0]!)),
  ];
  // Without its sequence, a history cannot be compared with it.
  return found.includes(`${SEQUENCE} is missing`) ? found : [...found, ...(await homeFaults(db))];
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
    [[...live, ...history, CLOCK, TILES, SALTS]],
  );
  const expected = new Map<string, string>();
  const expect = (table: string, triggers: Record<string, string>) => {
    for (const [name, definition] of Object.entries(triggers)) expected.set(`${table} ${name}`, definition);
  };
  for (const table of live) expect(table, TRIGGERS.live(table, owner));
  for (const table of live) expect(`historical_${table}`, TRIGGERS.erasable(`historical_${table}`));
  for (const table of history) expect(table, TRIGGERS.history(table));
  for (const table of COUNTED) expect(table, TRIGGERS.counted(table));
  expect(CLOCK, TRIGGERS.clock(CLOCK));
  const present = new Map(rows.map((row) => [row.name, row]));
  const missing = [...expected].flatMap(([name, definition]) => {
    const found = present.get(name);
    if (!found) return [`trigger ${name} is missing`];
    if (!found.isAlways) return [`trigger ${name} does not always fire`];
    if (found.definition === definition) return [];
    return found.definition.replace(ROLE, "") === definition.replace(ROLE, "")
      ? [
          `trigger ${name} names another role than the owner of the tables: run npm run migrate -- up as the owner`,
        ]
      : [`trigger ${name} is not as it was made`];
  });
  const foreign = rows.filter(({ name }) => !expected.has(name) && !OTHER_TRIGGERS.has(name));
  return [...missing, ...foreign.map(({ name }) => `trigger ${name} is not ours`)];
}

async function functionFaults(db: EntityManager, live: string[]): Promise<string[]> {
  const names = [
    ...Object.keys(FUNCTIONS).filter((name) => name.startsWith("history_")),
    ...live.map((table) => `guard_${table}`),
  ];
  const rows = await db.query<{ name: string; source: string; isOwners: boolean }[]>(
    `select proname as name, concat_ws(' ', prosecdef, provolatile, coalesce(pg_get_function_sqlbody(oid), prosrc)) as source,
       proowner = (select relowner from pg_class where oid = $2::regclass) as "isOwners"
     from pg_proc where pronamespace = current_schema()::regnamespace and proname = any($1::text[])`,
    [names, live[0]],
  );
  const changed = names.flatMap((name) => {
    const [found, ...others] = rows.filter((row) => row.name === name);
    if (!found) return [`function ${name} is missing`];
    if (others.length > 0) return [`function ${name} is there more than once`];
    if (!found.isOwners) return [`function ${name} does not belong to the owner of the tables`];
    // What is added to the ids of transactions differs from one database to another.
    const source = name === "history_txid_offset" ? found.source.replaceAll(/\d+/g, "n") : found.source;
    const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
    return hash === FUNCTIONS[name] ? [] : [`function ${name} is not as it was made (${hash})`];
  });
  return [...changed, ...(await runFaults(db, names))];
}
