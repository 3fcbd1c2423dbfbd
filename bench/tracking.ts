import { DataSource } from "typeorm";
import { migrationOptions } from "../ormconfig";
import { CourseEnrollment } from "../src/entities/course-enrollment";
import { Committer } from "../src/history/committer";
import { writeSet } from "../src/history/write-set";
import { transact, type Change } from "../src/store/transact";
import { eraseUser } from "../src/use-cases/accounts/erase-user";
import { median } from "./report";
import { at, onServer, recreateMigrated, run } from "./scratch";

const NAME = "bench_tracking";
const ROWS = 10_000;
const ROUNDS = 7;
const BYTES_AT_MOST = 530;
const ERASED = 10_000;
const ERASED_MS_AT_MOST = 5_000;
const CHANGE: Change = {
  userId: null,
  userLabel: "system",
  reason: "recordEnrollments",
  source: "JOB",
  requestId: null,
};
const SET = "update course_enrollment e set is_active = not is_active, seen_at = now()";

/** Measures what it costs that enrollments are tracked: a change of many with one statement, and a version's bytes. */
export async function measureTracking(url: string): Promise<void> {
  await recreateMigrated(url, NAME);
  await run(at(url, NAME), [
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${ROWS}) n`,
    `insert into course_enrollment (user_id, course_run_key, mode, created_at)
     select n, 'course-v1:BenchX+' || n % 500 || '+2026', 'verified', now() from generate_series(1, ${ROWS}) n`,
    "vacuum analyze",
  ]);
  const db = await new DataSource(migrationOptions(at(url, NAME), 2)).initialize();
  try {
    await compareWays(db);
    await weighVersion(db);
    await forgetOne(db);
  } finally {
    await db.destroy();
    await onServer(url, [`drop database if exists ${NAME} with (force)`]);
  }
}

/** In turns, so that what disturbs one disturbs the others. */
async function compareWays(db: DataSource): Promise<void> {
  const ways: Record<string, () => Promise<unknown>> = {
    "without history": async () => {
      await db.query("alter table course_enrollment disable trigger guard");
      const start = performance.now();
      await db.query(SET);
      const took = performance.now() - start;
      await db.query(SET); // what the guard has not seen is as it was
      await db.query("alter table course_enrollment enable always trigger guard");
      return took;
    },
    "by the guard": () => db.query(SET),
    "as a set": () => transact(db, CHANGE, (tx) => writeSet(tx, CourseEnrollment, `${SET} returning e.*`)),
    "as a set, told again": () =>
      transact(db, CHANGE, (tx) =>
        writeSet(tx, CourseEnrollment, "update course_enrollment e set seen_at = now() returning e.*"),
      ),
  };
  const took = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, work] of Object.entries(ways)) {
      const start = performance.now();
      const own = await work();
      const ms = typeof own === "number" ? own : performance.now() - start;
      if (round > 0) took.get(name)!.push(ms);
    }
  const told = [...took].map(([name, each]) => `${name} ${median(each).toFixed(0)} ms`);
  process.stdout.write(`\n${ROWS} enrollments changed with one statement: ${told.join(", ")}\n`);
}

/** Each version in a transaction of its own, which takes the most: one enrollment is told at a time. */
async function weighVersion(db: DataSource): Promise<void> {
  const sizeOf = async (tables: readonly string[]) => {
    await db.query(`vacuum ${tables.join(", ")}`);
    const [row] = await db.query<[{ bytes: number; versions: number }]>(
      `select sum(pg_total_relation_size(name::regclass))::float8 as bytes,
         (select count(*) from historical_course_enrollment)::float8 as versions from unnest($1::text[]) name`,
      [tables],
    );
    return row;
  };
  const tables = ["historical_course_enrollment", "history_transaction"];
  await new Committer(db).settle();
  const before = await sizeOf(tables);
  await db.query(
    `insert into historical_course_enrollment (id, user_id, course_run_key, mode, is_active, created_at, history_date,
       history_type, history_change_reason, history_user_label, history_source, history_txid)
     select e.id, e.user_id, e.course_run_key, e.mode, n % 2 = 0, e.created_at, now(), '~', 'recordEnrollments', 'system',
       'JOB', history_txid() + 1000 + n * 10000 + e.user_id
     from course_enrollment e, generate_series(1, 20) n order by n, e.id`,
  );
  await new Committer(db).settle();
  const after = await sizeOf(tables);
  const bytes = (after.bytes - before.bytes) / (after.versions - before.versions);
  process.stdout.write(
    `a version of an enrollment, with its place among all changes: ${bytes.toFixed(0)} bytes (target: at most ${BYTES_AT_MOST})\n`,
  );
}

/** One user who has made many changes, among those of others. */
async function forgetOne(db: DataSource): Promise<void> {
  await db.query(
    `insert into historical_course_enrollment (id, user_id, course_run_key, mode, is_active, created_at, history_date,
       history_type, history_change_reason, history_user_id, history_user_label, history_source)
     select id, user_id, course_run_key, mode, is_active, created_at, now(), '~', 'switchSession', 1, 'learner1', 'API'
     from course_enrollment limit ${ERASED}`,
  );
  await db.query("analyze historical_course_enrollment");
  const start = performance.now();
  const entries = await eraseUser(db, { userId: "1", comments: "measured" }, new Date());
  process.stdout.write(
    `forgetting a user in ${entries} entries: ${(performance.now() - start).toFixed(0)} ms (target: at most ${ERASED_MS_AT_MOST} ms)\n`,
  );
}
