import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import { migrations } from "../migrations";
import { migrateUp, migrationStates } from "../src/store/schema/migrate";
import { migrateDown } from "../src/store/schema/migrate-down";
import {
  asSuperuser,
  createEmptyDatabase,
  createTestDatabase,
  openTestDatabase,
  type TestDatabase,
} from "./support/database";
import { JWT_JWK_SET } from "./support/http";
import { runToEnd } from "./support/server-process";

const NAMES = migrations.map(({ name }) => name);

let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

/** The columns, constraints, indexes, triggers and functions of a database, and which of these everybody may call. */
function schemaOf(url: string): Promise<Record<string, unknown>[]> {
  return asSuperuser(
    `select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
       from information_schema.columns where table_schema = 'public' and table_name <> 'migrations'
     union select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace and conrelid <> 'migrations'::regclass
     union select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'migrations'
     union select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
     union select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
     union select oid::regprocedure || ' is for everybody' from pg_proc
       where pronamespace = 'public'::regnamespace and has_function_privilege('public', oid, 'execute')
     order by 1`,
    url,
  );
}

test("every migration can be reverted and applied again", async () => {
  const options = migrationOptions(database.url);
  expect(await migrateUp(options)).toEqual(NAMES);
  const schema = await schemaOf(database.url);

  for (const name of NAMES.toReversed()) expect(await migrateDown(options)).toEqual({ name });
  expect(await migrateDown(options)).toEqual({});
  expect(await schemaOf(database.url)).toEqual([]);

  expect(await migrateUp(options)).toEqual(NAMES);
  expect(await schemaOf(database.url)).toEqual(schema);
  expect(await migrateUp(options)).toEqual([]);
});

test("the entities match the schema that the migrations create", async () => {
  const { db, close } = await openTestDatabase();
  const { upQueries } = await db.driver.createSchemaBuilder().log();
  await close();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test("three processes can migrate an empty database at once", async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrateUp(migrationOptions(database.url))));
  expect(applied.filter((names) => names.length > 0)).toEqual([NAMES]);
});

test("the work that follows the migrations runs in one process at a time", async () => {
  let inside = 0;
  const alone = async () => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => migrateUp(migrationOptions(database.url), alone)));
  expect.assertions(3);
});

test("who waits for its turn to migrate says whose turn it is", async () => {
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  const { rows } = await holder.query<{ pid: number }>(
    "select pg_backend_pid() as pid, pg_advisory_lock(1795305600)",
  );
  const told: (number | undefined)[] = [];
  const release = (pid: number | undefined) => {
    told.push(pid);
    void holder.end();
  };
  expect(await migrateUp(migrationOptions(database.url), undefined, { onWait: release })).toEqual(NAMES);
  expect(await migrateUp(migrationOptions(database.url), undefined, { onWait: release })).toEqual([]);
  expect(told).toEqual([rows[0]!.pid]);
});

test("migrations have no time limit, and ordinary statements have one", async () => {
  const limits = async (options: ReturnType<typeof migrationOptions>) => {
    const db = await new DataSource(options).initialize();
    const rows = await db.query<{ name: string; setting: string }[]>(
      "select name, setting from pg_settings where name ~ '^(statement|lock|idle|transaction).*_timeout$' and source = 'session' order by name",
    );
    await db.destroy();
    return rows.map(({ name, setting }) => `${name} ${setting}`);
  };
  expect(await limits(migrationOptions(database.url))).toEqual([
    "idle_in_transaction_session_timeout 0",
    "idle_session_timeout 0",
    "lock_timeout 0",
    "statement_timeout 0",
    "transaction_timeout 0",
  ]);
  expect(await limits(dataSourceOptions(database.url))).toEqual([
    "idle_in_transaction_session_timeout 5000",
    "idle_session_timeout 0",
    "lock_timeout 2000",
    "statement_timeout 5000",
    "transaction_timeout 0",
  ]);
});

test("the command prints one line for each migration", async () => {
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

test("a migration of a newer version is named, and not reverted by this one", async () => {
  await migrateUp(migrationOptions(database.url));
  await asSuperuser(
    `insert into migrations (timestamp, name) values (1995356000000, 'FromTheFuture')`,
    database.url,
  );
  const command = (...args: string[]) =>
    runToEnd("dist/src/cli/migrate.js", { DATABASE_URL: database.url }, args);
  expect((await command("status")).stdout).toMatch(/^applied FromTheFuture, of a newer version$/m);
  expect(await command("down")).toEqual({
    status: 1,
    stdout: "",
    stderr: "Nothing was reverted. FromTheFuture is of a newer version: revert it with that version\n",
  });
});

test("a table of others may have any name and any columns", async () => {
  await migrateUp(migrationOptions(database.url));
  await asSuperuser(`create table "note ""of"" ops" ("a""b" int, "C d" int)`, database.url);
  expect(await migrateDown(migrationOptions(database.url))).toEqual({ name: NAMES.at(-1) });
});

test("tables are not made a second time in a schema that hides that of the first ones", async () => {
  await migrateUp(migrationOptions(database.url));
  await asSuperuser("create schema other", database.url);
  const away = new URL(database.url);
  away.searchParams.set("options", "-c search_path=other,public");
  const up = () => runToEnd("dist/src/cli/migrate.js", { DATABASE_URL: away.href }, ["up"]);
  expect(await up()).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "DATABASE_URL: has its tables in the schema public, but search_path begins with other: set search_path for the user so that public comes first\n",
  });
  const made = await asSuperuser(
    "select from pg_class where relnamespace = 'other'::regnamespace",
    database.url,
  );
  expect(made).toEqual([]);
});

test("where nothing can be written, a server and the commands that write say so in one line", async () => {
  await migrateUp(migrationOptions(database.url));
  const { pathname } = new URL(database.url);

  await asSuperuser(
    `alter database "${pathname.slice(1)}" set default_transaction_read_only = on`,
    database.url,
  );
  const said =
    "The database can only be read: it is a standby that is not promoted, or default_transaction_read_only is set\n";
  const env = { DATABASE_URL: database.url, PORT: "0" };
  for (const [file, ...args] of [
    ["main"],
    ["cli/migrate", "up"],
    ["cli/history/erase", "1", "--reason", "4711"],
    ["cli/moving/import", "--from", "test/moving/dump"],
  ])
    expect({ file, ...(await runToEnd(`dist/src/${file}.js`, env, args)) }).toMatchObject({
      file,
      status: 1,
      stderr: expect.stringMatching(new RegExp(`(^|\n)(DATABASE_URL: )?${said}$`)) as string,
    });
  expect(await runToEnd("dist/src/cli/history-verify.js", env, [])).toMatchObject({ status: 0 });
});

/** Applies all migrations, and reverts those from one on. */
async function migrateToBefore(first: string): Promise<void> {
  const options = migrationOptions(database.url);
  await migrateUp(options);
  const from = NAMES.findIndex((name) => name.startsWith(first));
  for (const name of NAMES.slice(from).toReversed()) expect(await migrateDown(options)).toEqual({ name });
}

test("a call to end an enrollment that was stored before it named its entitlement names it afterwards", async () => {
  const options = migrationOptions(database.url);
  await migrateToBefore("RetryCallsOfTheLms");
  await asSuperuser(
    `insert into user_account (id, username) values (1, 'ada');
     insert into course_enrollment (id, user_id, course_run_key)
       values ('00000000-0000-4000-8000-000000000001', 1, 'left'), ('00000000-0000-4000-8000-000000000002', 1, 'bought');
     insert into course_entitlement (user_id, course_uuid, mode, enrollment_id, created_at, modified_at)
       values (1, gen_random_uuid(), 'verified', '00000000-0000-4000-8000-000000000001', now(), now())`,
    database.url,
  );
  await asSuperuser(
    `update course_entitlement set enrollment_id = null;
     insert into enrollment_call (id, changeable_modes, may_enroll, state, attempt, unsent_to, created_at, modified_at)
       select id, '{verified}', false, 'NEEDS_REVIEW', 1, 0, now(), now() from course_enrollment`,
    database.url,
  );
  await migrateUp(options);
  const named = `select entitlement_id = (select id from course_entitlement) as named from enrollment_call order by id`;
  expect(await asSuperuser(named, database.url)).toEqual([{ named: true }, { named: null }]);
});

test("accounts that were forgotten before that was remembered are remembered afterwards", async () => {
  const options = migrationOptions(database.url);
  await migrateToBefore("RememberForgottenAccounts");
  await asSuperuser(
    `insert into user_account (id, username) values (1, 'retired'), (2, 'ada');
     insert into history_erasure (comments, entries, created_at, user_id) values
       ('x', 1, '2026-01-01', 1), ('x', 1, '2026-01-02', 3), ('x', 1, '2026-01-03', null)`,
    database.url,
  );
  await migrateUp(options);
  const accounts = "select username, forgotten_at is not null as forgotten from user_account order by id";
  expect(await asSuperuser(accounts, database.url)).toEqual([
    { username: "retired", forgotten: true },
    { username: "ada", forgotten: false },
    { username: "retired__user_3", forgotten: true },
  ]);
});

describe("reverting a migration", () => {
  const down = (args: string[] = [], env: Record<string, string> = {}) =>
    runToEnd("dist/src/cli/migrate.js", { DATABASE_URL: database.url, ...env }, ["down", ...args]);
  const run = (sql: string) => asSuperuser(sql, database.url);
  const refund = (state: string) =>
    `insert into user_account (id, username) values (1, 'ada');
     with e as (insert into course_entitlement (user_id, course_uuid, mode, renewed_at, created_at, modified_at)
       values (1, gen_random_uuid(), 'verified', now(), now(), now()) returning id)
     insert into refund (entitlement_id, order_number, state, next_attempt_at, created_at, modified_at)
       select id, 'ORDER-1', '${state}', case when '${state}' in ('REQUESTED', 'IN_DOUBT') then now() end, now(), now() from e`;
  const tables = async () => {
    const [row] = await run(
      `select (select count(*) from refund)::int as refunds, (select count(*) from historical_refund)::int as entries`,
    );
    return row;
  };

  test("is refused while rows or values would be lost, and the refusal counts them", async () => {
    await migrateUp(migrationOptions(database.url));
    await run(refund("FAILED"));
    // The newer tables and columns have no row and no value that could be lost.
    const kept = NAMES.findIndex((name) => name.startsWith("RenewEntitlements")) + 1;
    for (const newer of NAMES.slice(kept).toReversed())
      expect(await migrateDown(migrationOptions(database.url))).toEqual({ name: newer });
    expect(await down()).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "Nothing was reverted. It would lose 1 value(s) of public.course_entitlement.renewed_at," +
        " 1 value(s) of public.historical_course_entitlement.renewed_at\n",
    });
    const applied = (await migrationStates(migrationOptions(database.url))).filter(
      ({ isApplied }) => isApplied,
    );
    expect(applied).toHaveLength(kept);
    expect((await down(["--discard-data"])).stdout).toMatch(/^reverted RenewEntitlements/);
    expect((await down(["--discard-data"])).stdout).toMatch(/^reverted CloseDoors/);
    expect((await down()).stdout).toMatch(/^reverted BoundInstants/);
    expect((await down()).stderr).toBe(
      "Nothing was reverted. It would lose 1 row(s) of public.historical_refund, 1 row(s) of public.refund\n",
    );
    expect(await tables()).toEqual({ refunds: 1, entries: 1 });
    expect((await down(["--discard-data"])).stdout).toMatch(/^reverted CreateRefunds/);
  });

  test.each(["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"])(
    "is refused in any case while a refund is %s",
    async (state) => {
      await migrateUp(migrationOptions(database.url));
      await run(refund(state));
      for (const args of [[], ["--discard-data"]])
        expect(await down(args)).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(/^Nothing was reverted. 1 refund\(s\) are pending/) as string,
        });
      expect(await tables()).toEqual({ refunds: 1, entries: 1 });
    },
  );

  test("never ends with a raw error: a full database goes back to the beginning, and each step names what it would lose", async () => {
    const full = await createTestDatabase("demo");
    const options = migrationOptions(full.url);
    await asSuperuser(
      `begin;
       update refund set state = 'FAILED', answer = 'NOT_YET', next_attempt_at = null
         where state in ('REQUESTED', 'IN_DOUBT', 'NEEDS_REVIEW');
       insert into certificate (user_id, course_run_key) select 1, key from course_run order by key limit 1;
       insert into enrollment_call (id, entitlement_id, changeable_modes, may_enroll, state, attempt, unsent_to, created_at, modified_at)
         select n.id, e.id, '{verified}', false, 'DONE', 1, 0, now(), now() from course_enrollment n, course_entitlement e limit 1;
       insert into course_entitlement_policy (site_id, mode, expiration_period, refund_period, regain_period, retired_at)
         select site_id, mode, expiration_period, refund_period, regain_period, now() from course_entitlement_policy limit 1;
       insert into history_erasure (id, comments, entries, entity_type, covers_until, created_at)
         values ('a0000000-0000-4000-8000-000000000001', 'x', 1, 'REFUND', now(), now());
       insert into history_erased (history_id, column_name, hidden, erasure_id)
         values (1, 'comments', repeat('0', 64), 'a0000000-0000-4000-8000-000000000001');
       commit`,
      full.url,
    );
    const refusals: Record<string, string> = {};
    for (const name of NAMES.toReversed()) {
      const { refusal } = await migrateDown(options);
      if (refusal === undefined) continue;
      refusals[name.replace(/\d+$/, "")] = refusal;
      if (refusal.startsWith("There are rows")) {
        expect(await migrateDown(options, true)).toEqual({ refusal });
        await asSuperuser("delete from course_entitlement_policy where retired_at is not null", full.url);
      }
      expect(await migrateDown(options, true)).toEqual({ name });
    }
    expect(refusals).toMatchObject({
      RetainHistory:
        "It would lose 1 row(s) of public.historical_history_erasure, 1 row(s) of public.history_erased, 1 row(s) of public.history_erasure",
      RetryCallsOfTheLms: "It would lose 1 value(s) of public.enrollment_call.entitlement_id",
      KnowThatNoCertificateExists: "It would lose 1 row(s) of public.certificate",
      ExtendSupportAndPolicies:
        "There are rows of course_entitlement_policy that the schema had no place for before, because of the constraint" +
        " course_entitlement_policy_site_id_mode_key: change or delete them first",
    });
    for (const refusal of Object.values(refusals))
      expect(refusal).toMatch(/^It would lose [1-9]\d* (row|value)|^There are rows of /);
    expect(Object.keys(refusals)).not.toContain("WaitForTheShopToKnow");
    expect(await schemaOf(full.url)).toEqual([]);
    await full.drop();
  });

  test("is refused in production, even for an empty database, unless the option --discard-data is given", async () => {
    await migrateUp(migrationOptions(database.url));
    const production = { NODE_ENV: "production", JWT_JWK_SET, JWT_ISSUER: "https://lms.example.org/oauth2" };
    expect(await down([], production)).toEqual({
      status: 1,
      stdout: "",
      stderr: "In production nothing is reverted without --discard-data\n",
    });
    expect(await down(["--discard-data"], production)).toMatchObject({ status: 0 });
  });
});

const REASON = ["--reason", "request 4711"];

test.each([
  ["history-verify"],
  ["refunds-check"],
  ["expire", "--dry-run"],
  ["history/history-adopt"],
  ["history/erase", "1005", ...REASON],
  ["history/retain", "--older-than", "7y", ...REASON],
])(
  "%s tells the operator in one line what to do with a database without migrations",
  async (name, ...args) => {
    const { status, stderr } = await runToEnd(
      `dist/src/cli/${name}.js`,
      { DATABASE_URL: database.url },
      args,
    );
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `The database lacks migrations, first ${NAMES[0]!}: run npm run migrate -- up\n`,
    });
  },
);

test("the command has a help text, and refuses unknown arguments", async () => {
  const help = await runToEnd("dist/src/cli/migrate.js", {}, ["--help"]);
  expect(help).toMatchObject({ status: 0, stdout: expect.stringContaining("npm run migrate -- status") });
  const unknown = await runToEnd("dist/src/cli/migrate.js", {}, ["sideways"]);
  expect(unknown).toEqual({ status: 1, stdout: "", stderr: `sideways: not a command\n\n${help.stdout}` });
  const bogus = await runToEnd("dist/src/cli/migrate.js", {}, ["up", "--bogus"]);
  expect(bogus).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^Unknown option '--bogus'.*\n$/) as string,
  });
});
