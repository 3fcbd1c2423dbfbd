import { DataSource, type DataSourceOptions } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../ormconfig";
import { Committer } from "../../src/history/committer";
import { postureFaults } from "../../src/proof/posture";
import { prove } from "../../src/proof/sealed/prove";
import { Sealer } from "../../src/proof/sealed/sealer";
import { settledFaults } from "../../src/proof/settled";
import { DatabaseClock } from "../../src/store/database-clock";
import { inSnapshot } from "../../src/store/snapshot";
import { newSigner } from "../proof/signers";
import { addPeople, broken, grant } from "../history/world";
import { connectionFault } from "../../src/store/connection/connection-fault";
import { migrateUp } from "../../src/store/schema/migrate";
import { asSuperuser, createTestDatabase, type TestDatabase } from "../support/database";
import { hasPgbouncer, startPgbouncer } from "../support/pgbouncer";

/** What answers do not depend on, whatever a database sets: each is set here as no database has it by default. */
const HARMLESS = {
  bytea_output: "escape",
  array_nulls: "off",
  lc_messages: "C",
  row_security: "off",
  plan_cache_mode: "force_generic_plan",
  default_transaction_deferrable: "on",
  xmlbinary: "hex",
  backslash_quote: "off",
  gin_fuzzy_search_limit: "1",
  enable_indexscan: "off",
  session_replication_role: "replica",
};
/** Each is set otherwise by the database, by the URL, or by both. */
const HOSTILE = {
  DateStyle: "SQL, DMY",
  TimeZone: "Asia/Kathmandu",
  IntervalStyle: "sql_standard",
  default_transaction_isolation: "serializable",
  standard_conforming_strings: "off",
  transform_null_equals: "on",
  synchronous_commit: "off",
  statement_timeout: "1h",
  lock_timeout: "1h",
  idle_in_transaction_session_timeout: "1h",
  idle_session_timeout: "1h",
  check_function_bodies: "off",
  quote_all_identifiers: "on",
  extra_float_digits: "-15",
  tcp_keepalives_idle: "7200",
  tcp_keepalives_interval: "75",
  tcp_keepalives_count: "9",
  tcp_user_timeout: "0",
  transaction_timeout: "1h",
};
const OURS = {
  DateStyle: "ISO, YMD",
  TimeZone: "UTC",
  IntervalStyle: "postgres",
  default_transaction_isolation: "read committed",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  synchronous_commit: "on",
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "5s",
  idle_session_timeout: "0",
  check_function_bodies: "on",
  quote_all_identifiers: "off",
  extra_float_digits: "1",
  tcp_keepalives_idle: "30",
  tcp_keepalives_interval: "10",
  tcp_keepalives_count: "3",
  tcp_user_timeout: "60000",
  transaction_timeout: "0",
  client_encoding: "UTF8",
};

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function settingsOf(
  url: string,
  optionsFor: (url: string) => DataSourceOptions = dataSourceOptions,
): Promise<Record<string, string>> {
  const db = await new DataSource(optionsFor(url)).initialize();
  const found = await Promise.all(
    Object.keys(OURS).map(async (name) => {
      const [row] = await db.query<[{ value: string }]>(`select current_setting('${name}') as value`);
      return [name, row.value];
    }),
  );
  await db.destroy();
  return Object.fromEntries(found) as Record<string, string>;
}

const open = (url: string) => new DataSource(dataSourceOptions(url)).initialize();
const withOptions = (url: string, options: string) =>
  `${url}?options=${encodeURIComponent(options)}&statement_timeout=99999&lock_timeout=99999`;
const faultOf = (url: string) =>
  open(url).then(
    async (db) => {
      await db.destroy();
      return "none";
    },
    (error: unknown) => connectionFault(error),
  );

test("the settings that answers depend on have our values, whatever the database sets", async () => {
  const { pathname } = new URL(database.url);
  for (const [name, value] of Object.entries(HOSTILE))
    await asSuperuser(`alter database ${pathname.slice(1)} set ${name} = '${value}'`);
  expect(await settingsOf(database.url)).toEqual(OURS);
  const unlimited = { statement_timeout: "0", lock_timeout: "0", idle_in_transaction_session_timeout: "0" };
  expect(await settingsOf(database.url, migrationOptions)).toEqual({ ...OURS, ...unlimited });
});

test("history is written, settled, sealed and proven, and the time is told, whatever the database sets", async () => {
  const { pathname } = new URL(database.url);
  for (const [name, value] of Object.entries({ ...HOSTILE, ...HARMLESS }))
    await asSuperuser(`alter database ${pathname.slice(1)} set ${name} = '${value}'`);
  const signer = newSigner("history.example");
  const db = await open(database.url);
  await addPeople(db);
  await grant(db);
  await new Committer(db).settle(true);
  expect(await new Sealer(db, () => signer).seal()).toBe(1);
  expect(await postureFaults(db.manager)).toEqual([]);
  expect(await settledFaults(db.manager)).toEqual([]);
  expect(await broken(db)).toEqual([]);
  const { faults } = await inSnapshot(db, (tx) =>
    prove(tx, { vkey: signer.vkey, outside: [], witnesses: [] }),
  );
  expect(faults).toEqual([]);
  const clock = new DatabaseClock(db);
  await clock.start();
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(60_000);
  clock.stop();
  await db.destroy();
});

test("a migration takes as long as it needs, whatever the database lets transactions take", async () => {
  const { pathname } = new URL(database.url);
  await asSuperuser(`alter database ${pathname.slice(1)} set transaction_timeout = '1s'`);
  const db = await new DataSource(migrationOptions(database.url)).initialize();
  await db.transaction((tx) => tx.query("select pg_sleep(1.3)"));
  await db.destroy();
});

test("the settings that answers depend on have our values, whatever the URL sets, and its other options apply", async () => {
  const options = Object.entries(HOSTILE).map(([name, value]) => `-c ${name}=${value.replace(" ", "\\ ")}`);
  const url = withOptions(database.url, `${options.join(" ")} -c work_mem=7MB`);
  expect(await settingsOf(url)).toEqual(OURS);
  const db = await open(url);
  expect(await db.query("show work_mem")).toEqual([{ work_mem: "7MB" }]);
  await db.destroy();
});

test("commits that wait for replicas go on to do so", async () => {
  const { synchronous_commit } = await settingsOf(
    withOptions(database.url, "-c synchronous_commit=remote_apply"),
  );
  expect(synchronous_commit).toBe("remote_apply");
});

test("a date is read correctly when the database is set to write dates in another style", async () => {
  const { pathname } = new URL(database.url);
  await asSuperuser(`alter database ${pathname.slice(1)} set datestyle = 'German'`);
  const db = await open(database.url);
  expect(await db.query("select timestamptz '2026-05-04 03:02:01.123+00' as at")).toEqual([
    { at: new Date("2026-05-04T03:02:01.123Z") },
  ]);
  await db.destroy();
});

test("a database whose encoding cannot hold every text is refused", async () => {
  const name = `test_${process.pid}_latin1`;
  await asSuperuser(
    `create database ${name} template template0 encoding 'LATIN1' locale_provider libc lc_collate 'C' lc_ctype 'C'`,
  );
  const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  expect(await faultOf(url)).toBe(
    "has the encoding LATIN1; create a database with the encoding UTF8 instead",
  );
  await expect(migrateUp(migrationOptions(url))).rejects.toThrow("has the encoding LATIN1");
  await asSuperuser(`drop database ${name}`);
});

test("an error of PostgreSQL is reported as it is, whatever words it contains", async () => {
  expect(await faultOf(withOptions(database.url, "-c statement_timeout=soon"))).toBe(
    'PostgreSQL says: invalid value for parameter "statement_timeout": "soon"',
  );
  expect(await faultOf(withOptions(database.url, "--timed out"))).toMatch(/^PostgreSQL says: .*timed/);
});

const withPgbouncer = hasPgbouncer ? test : test.skip;

withPgbouncer("a pooler of sessions is as good as none (skipped without pgbouncer)", async () => {
  const pooler = await startPgbouncer(database.url, "session");
  try {
    expect(await settingsOf(pooler.url)).toEqual(OURS);
  } finally {
    await pooler.stop();
  }
});

withPgbouncer("a pooler of transactions is refused (skipped without pgbouncer)", async () => {
  const pooler = await startPgbouncer(database.url, "transaction");
  try {
    for (let times = 0; times < 3; times++)
      expect(await faultOf(pooler.url)).toContain("pgbouncer: pool_mode = session");
    await expect(migrateUp(migrationOptions(pooler.url))).rejects.toThrow("pool_mode = session");
  } finally {
    await pooler.stop();
  }
});
