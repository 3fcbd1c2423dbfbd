import { readFileSync } from "node:fs";
import { createConnection, type RowDataPacket } from "mysql2";
import { runToEnd } from "../test/support/server-process";
import { migrationOptions } from "../ormconfig";
import { migrateUp } from "../src/store/schema/migrate";
import { cpuTimes } from "./cpu";
import { at, postmasterPid, recreate } from "./scratch";

const NAME = "bench_import";
const EVERY = 1_000;

/** Fills the LMS: so many learners, each with an entitlement, an enrollment and three entries of history. */
const fill = (rows: number) => [
  `insert into auth_user select seq, '', concat('learner', seq), '', 0, 1 from seq_1_to_${rows}`,
  "insert into django_site values (1, 'lms.example.org', 'LMS')",
  `insert into course_overviews_courseoverview select now(6), now(6), concat('course-v1:BenchX+C', seq, '+2026'), 'BenchX',
     concat('Course ', seq), '2026-01-01', null, 0, null, null, null from seq_0_to_${EVERY - 1}`,
  `insert into course_modes_coursemode select null, id, 'verified', 'Verified', 50, 'usd', null, null
     from course_overviews_courseoverview`,
  "insert into entitlements_courseentitlementpolicy values (1, 63072000000000, 5184000000000, 1209600000000, null, 'verified')",
  `insert into student_courseenrollment select seq, concat('course-v1:BenchX+C', seq % ${EVERY}, '+2026'),
     '2026-02-01 10:00:00.123456' + interval seq second, 1, 'verified', seq from seq_1_to_${rows}`,
  `insert into entitlements_courseentitlement select seq, ${CREATED("seq")}, ${CREATED("seq")} + interval 2 minute,
     md5(concat('entitlement', seq)), md5(concat('course', seq % ${EVERY})), null, 'verified', concat('EDX-', seq),
     if(seq % 2, seq, null), seq, 1, 0 from seq_1_to_${rows}`,
  `insert into entitlements_historicalcourseentitlement select e.id, e.created, e.created + interval s.seq minute, e.uuid,
     e.course_uuid, null, e.mode, e.order_number, 0, null, e.created + interval s.seq minute, null, if(s.seq = 0, '+', '~'),
     if(s.seq = 0, null, 1), if(s.seq = 2, e.enrollment_course_run_id, null), e.user_id, e.user_id
     from entitlements_courseentitlement e join seq_0_to_2 s order by e.id, s.seq`,
];
function CREATED(seq: string) {
  return `'2026-01-01 00:00:00.654321' + interval ${seq} second`;
}

/**
 * Imports entitlements from a MariaDB at 127.0.0.1, three entries of history each, into an empty database, and then again,
 * when nothing has changed.
 */
export async function measureImport(url: string, rows: number): Promise<void> {
  const connection = createConnection({ host: "127.0.0.1", user: "root", multipleStatements: true });
  const ask = (sql: string) =>
    new Promise<RowDataPacket[][]>((resolve, reject) => {
      connection.query<RowDataPacket[][]>(sql, (error, result) => (error ? reject(error) : resolve(result)));
    });
  try {
    const schema = readFileSync("test/moving/edxapp.sql", "utf8").match(/^create table [^]*?;$/gm)!;
    await ask(`drop database if exists ${NAME}; create database ${NAME} character set utf8mb4; use ${NAME}`);
    for (const sql of [...schema, ...fill(rows)]) await ask(sql);
    await recreate(url, NAME);
    const database = at(url, NAME);
    await migrateUp(migrationOptions(database));
    const pid = await postmasterPid(database);
    for (const title of ["first import", "same import again"]) {
      const before = cpuTimes(0, pid).postgres;
      const { stdout, stderr, status } = await runToEnd(
        "dist/src/cli/moving/import.js",
        { DATABASE_URL: database, NODE_OPTIONS: "--require=./dist/bench/own-usage.js" },
        ["--from", `mysql://root@127.0.0.1/${NAME}`],
      );
      if (status !== 0) throw new Error(stderr);
      const postgres = (cpuTimes(0, pid).postgres - before) / 1_000_000;
      const own = /own usage: (.+)/.exec(stderr)?.[1];
      process.stdout.write(
        `${title}: ${stdout.split("\n")[0]}; ${own}; PostgreSQL ${postgres.toFixed(1)} s of CPU\n`,
      );
    }
    await ask(`drop database ${NAME}`);
  } finally {
    connection.destroy();
  }
}
