import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import { migrations } from "../migrations";
import { migrateDown, migrateUp, migrationStates } from "../src/store/migrate";
import { asSuperuser, createEmptyDatabase, openTestDatabase, type TestDatabase } from "./support/database";
import { runToEnd } from "./support/server-process";

const NAMES = migrations.map(({ name }) => name);

let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

/** The columns, constraints, indexes, triggers and functions of a database. */
function schemaOf(url: string): Promise<Record<string, unknown>[]> {
  return asSuperuser(
    `select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
       from information_schema.columns where table_schema = 'public' and table_name <> 'migrations'
     union select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace and conrelid <> 'migrations'::regclass
     union select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'migrations'
     union select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
     union select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
     order by 1`,
    url,
  );
}

test("every migration can be taken back and applied again", async () => {
  const options = migrationOptions(database.url);
  expect(await migrateUp(options)).toEqual(NAMES);
  const schema = await schemaOf(database.url);

  for (const name of NAMES.toReversed()) expect(await migrateDown(options)).toBe(name);
  expect(await migrateDown(options)).toBeUndefined();
  expect(await schemaOf(database.url)).toEqual([]);

  expect(await migrateUp(options)).toEqual(NAMES);
  expect(await schemaOf(database.url)).toEqual(schema);
  expect(await migrateUp(options)).toEqual([]);
});

test("the entities say what the migrations made", async () => {
  const { db, close } = await openTestDatabase();
  const { upQueries } = await db.driver.createSchemaBuilder().log();
  await close();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test("three may migrate an empty database at once", async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrateUp(migrationOptions(database.url))));
  expect(applied.filter((names) => names.length > 0)).toEqual([NAMES]);
});

test("only one at a time does what comes with migrating", async () => {
  let inside = 0;
  const alone = async () => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => migrateUp(migrationOptions(database.url), alone)));
  expect.assertions(3);
});

test("a migration takes as long as it needs, an ordinary statement does not", async () => {
  const limits = async (options: ReturnType<typeof migrationOptions>) => {
    const db = await new DataSource(options).initialize();
    const rows = await db.query<{ name: string; setting: string }[]>(
      "select name, setting from pg_settings where name like '%_timeout' and source = 'session' order by name",
    );
    await db.destroy();
    return rows.map(({ name, setting }) => `${name} ${setting}`);
  };
  expect(await limits(migrationOptions(database.url))).toEqual([
    "idle_in_transaction_session_timeout 0",
    "lock_timeout 0",
    "statement_timeout 0",
  ]);
  expect(await limits(dataSourceOptions(database.url))).toEqual([
    "idle_in_transaction_session_timeout 5000",
    "lock_timeout 2000",
    "statement_timeout 5000",
  ]);
});

test("the command says one line for each migration", async () => {
  const command = (...args: string[]) =>
    runToEnd("dist/src/cli/migrate.js", { DATABASE_URL: database.url }, args);
  const lines = (verb: string, names = NAMES) => ({
    status: 0,
    stdout: names.map((name) => `${verb} ${name}\n`).join(""),
    stderr: "",
  });
  expect(await command("status")).toEqual(lines("pending"));
  expect(await command("up")).toEqual(lines("applied"));
  expect(await command("down")).toEqual(lines("reverted", NAMES.slice(-1)));
  const states = await migrationStates(migrationOptions(database.url));
  expect(states.map(({ isApplied }) => isApplied)).toEqual(NAMES.map((name) => name !== NAMES.at(-1)));
});

test("the command explains itself, and refuses what it does not know", async () => {
  const help = await runToEnd("dist/src/cli/migrate.js", {}, ["--help"]);
  expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining("npm run migrate -- status") });
  const unknown = await runToEnd("dist/src/cli/migrate.js", {}, ["sideways"]);
  expect(unknown).toMatchObject({ status: 1, stdout: "", stderr: help.stdout });
});
