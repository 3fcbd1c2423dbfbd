import { execFile } from "node:child_process";
import { DataSource } from "typeorm";
import { migrationOptions } from "../../ormconfig";
import { fillBigWorld } from "../../src/demo/big-world";
import { createTestDatabase, type TestDatabase } from "../support/database";

const LEARNERS = 200;
const now = new Date("2026-03-01T12:00:00.000Z");
const databases: TestDatabase[] = [];
const open: DataSource[] = [];

async function openDatabase(): Promise<DataSource> {
  databases.push(await createTestDatabase());
  open.push(await new DataSource(migrationOptions(databases.at(-1)!.url)).initialize());
  return open.at(-1)!;
}

afterAll(async () => {
  await Promise.all(open.map((db) => db.destroy()));
  await Promise.all(databases.map((database) => database.drop()));
});

/** Runs the command on a database of its own and returns its exit code and output. */
async function demo(args: string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    const command = [`${__dirname}/../../src/cli/demo.js`, ...args];
    execFile(process.execPath, command, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
  });
}

test("the big world has five entitlements for each learner, half of them redeemed, each with its history", async () => {
  const db = await openDatabase();
  const progress: number[] = [];
  const size = await fillBigWorld(db, LEARNERS, now, ({ learners }) => progress.push(learners));
  expect(progress).toEqual([LEARNERS]);
  expect(size.entitlements / LEARNERS).toBeCloseTo(5, 0);
  const [found] = await db.query<Record<string, number>[]>(`
    select count(*)::int as entitlements, count(enrollment_id)::float8 / count(*) as redeemed,
      (select count(*)::int from certificate) as certificates,
      (select count(distinct course_uuid)::int from course_run) as courses,
      (select count(*)::int from historical_course_entitlement h join course_entitlement e on e.id = h.id
        where h.history_source = 'IMPORT' and h.history_change_reason = 'fillBigWorld' and h.order_number is not
        distinct from e.order_number) as entries
    from course_entitlement`);
  expect(found).toMatchObject({ entitlements: size.entitlements, entries: size.entitlements, courses: 499 });
  expect(found!["redeemed"]).toBeCloseTo(0.5, 1);
  expect(found!["certificates"]).toBeGreaterThan(0);
});

test("the big world is the same for the same instant and number of learners", async () => {
  const checksum = async () => {
    const db = await openDatabase();
    await fillBigWorld(db, LEARNERS, now, () => undefined);
    return db.query<unknown[]>(
      "select md5(string_agg(e::text, '' order by id)) as entitlements from course_entitlement e",
    );
  };
  expect(await checksum()).toEqual(await checksum());
});

test("the command fills the database once, and reports that", async () => {
  await openDatabase();
  const { url } = databases.at(-1)!;
  const filled = await demo(["--learners", "20"], { DATABASE_URL: url });
  expect(filled).toEqual({
    code: 0,
    said: expect.stringMatching(/^Added 20 learners with \d+ entitlements/m),
  });
  const again = await demo(["--learners", "20"], { DATABASE_URL: url });
  expect(again).toEqual({
    code: 1,
    said: expect.stringContaining("already has the big demo world, with 20 learners"),
  });
});

test.each([
  ["in production", [], { NODE_ENV: "production" }, "NODE_ENV"],
  ["for zero learners", ["--learners", "0"], {}, "--learners"],
  ["for more than a million", ["--learners", "1000001"], {}, "--learners"],
  ["where no database answers", [], { DATABASE_URL: "postgres://127.0.0.1:1/none" }, "DATABASE_URL"],
])("the command fails %s and names the fault", async (_when, args, env, named) => {
  expect(await demo(args, env)).toEqual({ code: 1, said: expect.stringContaining(named) });
});
