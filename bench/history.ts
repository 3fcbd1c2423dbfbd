import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import type { App } from "../src/app";
import { loadConfig } from "../src/config";
import { CourseEntitlement } from "../src/entities/course-entitlement";
import { migrateUp } from "../src/store/migrate";
import { transact, type Change } from "../src/store/transact";
import { setRefundLock } from "../src/use-cases/set-refund-lock";
import { writeSet } from "../src/store/write-set";
import { at, onServer, recreate, run } from "./scratch";

const WITH = "bench_history_with";
const WITHOUT = "bench_history_without";
const MUTATION_RATIO_AT_MOST = 1.15;
const BULK_RATIO_AT_MOST = 2.5;
const BYTES_AT_MOST = 320;
const MUTATIONS = 400;
const BULK_ROWS = 10_000;
const ROUNDS = 7;

/** Measures the same changes with their history and without, in turns; and how much one version of a row takes. */
export async function measureHistory(url: string): Promise<void> {
  process.stdout.write("\nhistory: the same changes with it, and without subscriber and triggers\n");
  for (const name of [WITH, WITHOUT]) await fill(url, name);
  await run(
    at(url, WITHOUT),
    TABLES.map((table) => `alter table ${table} disable trigger guard`),
  );
  const kept = await new DataSource(dataSourceOptions(at(url, WITH), 1)).initialize();
  const bare = await new DataSource({
    ...dataSourceOptions(at(url, WITHOUT), 1),
    subscribers: [],
  }).initialize();
  try {
    await compare(
      "setRefundLock",
      "ms",
      MUTATION_RATIO_AT_MOST,
      MUTATIONS,
      (i) => mutate(kept, i),
      (i) => mutate(bare, i),
    );
    await compare(
      `${BULK_ROWS} rows as a set`,
      "ms",
      BULK_RATIO_AT_MOST,
      ROUNDS,
      (i) => writeKept(kept, i),
      (i) => writeBare(bare, i),
    );
    await weigh(kept);
  } finally {
    await kept.destroy();
    await bare.destroy();
    await onServer(
      url,
      [WITH, WITHOUT].map((name) => `drop database ${name} with (force)`),
    );
  }
}

const AGENT = {
  userId: "1",
  username: "learner1",
  isSupport: true,
  isStaff: false,
  isService: false,
  isSuperuser: false,
};
const TABLES = ["course_entitlement", "course_entitlement_support_detail"];
const id = (n: number) => `e0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

async function fill(url: string, name: string): Promise<void> {
  await recreate(url, name);
  await migrateUp(migrationOptions(at(url, name)));
  await run(at(url, name), [
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${BULK_ROWS}) n`,
    "insert into course_entitlement_policy (mode) values (null)",
    `insert into course_entitlement (id, user_id, course_uuid, mode, order_number, policy_id, created_at, modified_at)
     select ('e0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n, gen_random_uuid(), 'verified',
       'EDX-' || 100000 + n, (select id from course_entitlement_policy where mode is null limit 1), now(), now()
     from generate_series(1, ${BULK_ROWS}) n`,
    "vacuum analyze",
  ]);
}

/** What the mutation of that name does, without the server around it. */
async function mutate(db: DataSource, i: number): Promise<void> {
  const app = { db, config: loadConfig({}), clock: () => new Date() } as App;
  const request = { app, actor: AGENT, now: new Date(), requestId: changeOf(i).requestId };
  await setRefundLock(request, { entitlementId: id(1 + i), isLocked: true, comments: "asked by the shop" });
}

const SET = `update course_entitlement set mode = $1, modified_at = now()`;

async function writeKept(db: DataSource, i: number): Promise<void> {
  await transact(db, changeOf(i), (tx) =>
    writeSet(tx, CourseEntitlement, `${SET} returning *`, [`mode-${i}`]),
  );
}

async function writeBare(db: DataSource, i: number): Promise<void> {
  await transact(db, changeOf(i), (tx) => tx.query(SET, [`mode-${i}`]));
}

function changeOf(i: number): Change {
  const requestId = `11111111-1111-4111-8111-${String(i).padStart(12, "0")}`;
  return { userId: "1", userLabel: "learner1", reason: "expireEntitlement", source: "API", requestId };
}

/** Prints the medians of both, taken in turns so that what disturbs one disturbs the other. */
async function compare(
  title: string,
  unit: string,
  target: number,
  times: number,
  kept: (i: number) => Promise<void>,
  bare: (i: number) => Promise<void>,
): Promise<void> {
  const took: [number[], number[]] = [[], []];
  for (let i = 0; i < times + Math.ceil(times / 10); i++)
    for (const [which, work] of [kept, bare].entries()) {
      const start = performance.now();
      await work(i);
      if (i >= times / 10) took[which]!.push(performance.now() - start);
    }
  const [withIt, without] = took.map(median) as [number, number];
  process.stdout.write(
    `${title}: ${withIt.toFixed(2)} ${unit} with, ${without.toFixed(2)} ${unit} without: ` +
      `${(withIt / without).toFixed(2)} x (target: at most ${target} x)\n`,
  );
}

async function weigh(db: DataSource): Promise<void> {
  await db.query("set statement_timeout = 0");
  const [size] = (await db.query(`
    select pg_table_size(h) / n as table, pg_indexes_size(h) / n as indexes, n
    from (select 'historical_course_entitlement'::regclass as h, count(*) as n from historical_course_entitlement) t`)) as [
    { table: string; indexes: string; n: string },
  ];
  process.stdout.write(
    `a version of an entitlement: ${size.table} bytes, and ${size.indexes} in indexes, over ${size.n} versions ` +
      `(target: at most ${BYTES_AT_MOST} bytes)\n`,
  );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
