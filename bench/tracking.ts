import { generateKeyPairSync } from "node:crypto";
import { DataSource } from "typeorm";
import { migrationOptions } from "../ormconfig";
import { CourseEnrollment } from "../src/entities/course-enrollment";
import { Committer } from "../src/history/committer";
import { signerOf } from "../src/proof/notes/signer";
import { Sealer } from "../src/proof/sealed/sealer";
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
const SIGNER = signerOf(
  "bench",
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
);
const SET = "update course_enrollment e set is_active = not is_active, seen_at = now()";

/** Measures what it costs that enrollments are tracked: a change of many with one statement, and a version's bytes. */
export async function measureTracking(url: string): Promise<void> {
  await recreateMigrated(url, NAME);
  await run(at(url, NAME), [
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${ROWS}) n`,
    `insert into course_enrollment (user_id, course_run_key, mode, created_at)
     select n, 'course-v1:BenchX+' || n % 500 || '+2026', 'verified', now() from generate_series(1, ${ROWS}) n`,
    `insert into course_entitlement (user_id, course_uuid, mode, order_number, enrollment_id, redeemed_at, created_at, modified_at)
     select user_id, md5(user_id::text)::uuid, 'verified', 'EDX-' || user_id, id, now(), now(), now() from course_enrollment`,
    "vacuum analyze",
  ]);
  const db = await new DataSource(migrationOptions(at(url, NAME), 2)).initialize();
  try {
    await compareWays(db);
    for (const table of ["course_enrollment", "course_entitlement"]) await weighVersion(db, table);
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

/** Each version in a transaction of its own, which takes the most, with all indexes, its place and its hash in the tree. */
async function weighVersion(db: DataSource, table: string): Promise<void> {
  const history = `historical_${table}`;
  const tables = [
    history,
    "history_transaction",
    "history_tile",
    "history_checkpoint",
    "history_subject_key",
  ];
  const sizeOf = async () => {
    await db.query(`vacuum ${tables.join(", ")}`);
    const [row] = await db.query<[{ bytes: number; versions: number }]>(
      `select sum(pg_total_relation_size(name::regclass))::float8 as bytes,
         (select count(*) from ${history})::float8 as versions from unnest($1::text[]) name`,
      [tables],
    );
    return row;
  };
  const seal = async () => {
    await new Committer(db).settle(true);
    await new Sealer(db, () => SIGNER).seal();
  };
  const [{ columns }] = await db.query<[{ columns: string }]>(
    `select string_agg(column_name, ', ') as columns from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and column_name in (
       select column_name from information_schema.columns where table_name = $2)`,
    [table, history],
  );
  await seal();
  const before = await sizeOf();
  await db.query(
    `insert into ${history} (${columns}, history_date, history_type, history_change_reason, history_user_label,
       history_source, history_txid)
     select ${columns}, now(), '~', 'recordEnrollments', 'system', 'JOB',
       history_txid() + 1000 + n * 10000 + row_number() over ()
     from ${table} e, generate_series(1, 20) n order by n, e.id`,
  );
  await seal();
  const after = await sizeOf();
  const bytes = (after.bytes - before.bytes) / (after.versions - before.versions);
  process.stdout.write(
    `a version in ${table}, with its place and its hash: ${bytes.toFixed(0)} bytes (target: at most ${BYTES_AT_MOST})\n`,
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
