import { DataSource } from "typeorm";
import type { QueryConfig } from "pg";
import { migrationOptions } from "../ormconfig";
import { walkAsOf } from "../src/reads/as-of";
import { findEntitlements } from "../src/reads/entitlement-search";
import { DEFAULT_PERIODS } from "../src/rules/entitlement-rules";
import { poolOf } from "../src/store/statement";
import { median } from "./report";
import { at, onServer, recreateMigrated, run } from "./scratch";

const NAME = "bench_past";
/** Of each entitlement four versions, and of every second one an enrollment with two. */
const ENTRIES_EACH = 5;
const YEARS = 5;
const ACCOUNTS = 100_000;
const RUNS = 2_000;
const PAGE = 20;
const ASKED = 21;
const MS_AT_MOST = 20;
const PAGES_AT_MOST = 500;
const START = "timestamptz '2021-01-01 00:00:00Z'";
const TABLES = ["historical_course_entitlement", "historical_course_enrollment", "history_transaction"];

/** Measures a list of everybody's entitlements as of an instant, among so many entries of history. */
export async function measurePast(url: string, entries: number): Promise<void> {
  process.stdout.write(
    `\npast: a page of everybody as of an instant, among ${entries} entries of ${YEARS} years\n`,
  );
  const start = performance.now();
  await recreateMigrated(url, NAME);
  await fill(at(url, NAME), Math.ceil(entries / ENTRIES_EACH));
  process.stdout.write(`filled in ${((performance.now() - start) / 1_000).toFixed(0)} s\n`);
  const db = await new DataSource(migrationOptions(at(url, NAME), 1)).initialize();
  try {
    const [size] = await db.query<[{ entries: string; bytes: string }]>(
      `select (select count(*) from historical_course_entitlement) + (select count(*) from historical_course_enrollment) as entries,
         pg_size_pretty(pg_database_size(current_database())) as bytes`,
    );
    process.stdout.write(`${size.entries} entries, ${size.bytes}\n`);
    for (const share of [1, 0.75, 0.5, 0.1]) await ask(db, share);
  } finally {
    await db.destroy();
    await onServer(url, [`drop database ${NAME} with (force)`]);
  }
}

/** Without a write-ahead log and with the indexes made afterwards; reading is the same. */
async function fill(url: string, entitlements: number): Promise<void> {
  const steps = Math.ceil(entitlements * 1.2);
  // Each entitlement is made, redeemed, left and locked or deleted; what happens at one time is of different entitlements.
  const changes = `
    select n, version, 1000000000 + 4 * t + version as txid, md5('e' || n)::uuid as id, n % ${ACCOUNTS} + 1 as user_id,
      md5('n' || n)::uuid as enrollment_id, n % 2 = 0 and version in (2, 3) as is_enrolling,
      ${START} + (t * ${YEARS * 365 * 86_400_000}.0 / ${steps}) * interval '1 ms' + version * interval '1 ms' as date,
      ${START} + (n * ${YEARS * 365 * 86_400_000}.0 / ${steps}) * interval '1 ms' + interval '1 ms' as made
    from generate_series(1, ${steps}) t,
      lateral (values (1, t), (2, t - ${Math.ceil(entitlements * 0.01)}), (3, t - ${Math.ceil(entitlements * 0.05)}),
        (4, t - ${Math.ceil(entitlements * 0.2)})) as change (version, n)
    where n between 1 and ${entitlements}`;
  const how = `'API', md5(txid::text), txid`;
  await run(url, [
    "set maintenance_work_mem = '512MB'",
    ...TABLES.map((table) => `alter table ${table} set unlogged`),
    `create temporary table made_later as select indexdef, indexrelid::regclass::text as name from pg_index
     join pg_indexes on indexname = indexrelid::regclass::text
     where tablename in ('historical_course_entitlement', 'historical_course_enrollment') and not indisprimary`,
    "do $$ declare name text; begin for name in select m.name from made_later m loop execute 'drop index ' || name; end loop; end $$",
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${ACCOUNTS}) n`,
    `insert into historical_course_run (id, key, title, org, number, is_self_paced, starts_at, history_id, history_date,
       history_type, history_change_reason, history_user_label, history_source, history_request_id, history_txid)
     select md5('r' || n)::uuid, 'course-v1:BenchX+' || n || '+2026', 'Title ' || n, 'BenchX', n::text, false, ${START}, n,
       ${START}, '+', 'recordRuns', 'system', 'JOB', 'runs', 1000000000 from generate_series(0, ${RUNS - 1}) n`,
    `insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, enrollment_id,
       redeemed_at, created_at, modified_at, history_id, history_date, history_type, history_change_reason, history_user_id,
       history_user_label, history_source, history_request_id, history_txid)
     select id, user_id, md5('c' || n % ${RUNS})::uuid, 'verified', 'EDX-' || n, version = 4,
       case when n % 2 = 0 and version > 1 then enrollment_id end, case when n % 2 = 0 and version = 2 then date end, made, date,
       2 * txid, date, case when version = 1 then '+' when version = 4 and n % 100 = 0 then '-' else '~' end,
       (array['fulfillOrder', 'enrollAndFulfill', 'leaveSession', 'setRefundLock'])[version], user_id, 'learner' || user_id,
       ${how} from (${changes}) changes`,
    `insert into historical_course_enrollment (id, user_id, course_run_key, mode, is_active, created_at, history_id,
       history_date, history_type, history_change_reason, history_user_id, history_user_label, history_source,
       history_request_id, history_txid)
     select enrollment_id, user_id, 'course-v1:BenchX+' || n % ${RUNS} || '+2026', 'verified', version = 2, made,
       2 * txid + 1, date, case when version = 2 then '+' else '~' end,
       (array['', 'enrollAndFulfill', 'leaveSession'])[version], user_id, 'learner' || user_id, ${how}
     from (${changes}) changes where is_enrolling`,
    `insert into history_transaction (txid, first_position, entries, at, first_date)
     select txid, sum(entries) over (rows unbounded preceding) - entries, entries, date, date
     from (select txid, 1 + is_enrolling::int as entries, date from (${changes}) changes) counted`,
    `insert into history_clock (settled_until, horizon, incarnation)
     select max(at), max(txid) + 1, 'bench' from history_transaction`,
    "do $$ declare def text; begin for def in select indexdef from made_later loop execute def; end loop; end $$",
    ...TABLES.map((table) => `vacuum (analyze) ${table}`),
    "analyze",
  ]);
}

/** Asks as of the instant at which a share of the time has passed. */
async function ask(db: DataSource, share: number): Promise<void> {
  const [{ now }] = await db.query<[{ now: Date }]>(
    `select ${START} + (settled_until - ${START}) * $1::float8 as now from history_clock`,
    [share],
  );
  const sent: QueryConfig[] = [];
  const pool = poolOf(db);
  const query = pool.query.bind(pool) as (config: QueryConfig) => Promise<unknown>;
  Object.assign(pool, { query: (config: QueryConfig) => (sent.push(config), query(config)) });
  const took: number[] = [];
  for (let i = 0; i < ASKED; i++) {
    const start = performance.now();
    const page = { size: PAGE, key: null, isBackward: false };
    const order = { field: "CREATED_AT", direction: "DESC" } as const;
    const time = { now, defaultPeriods: DEFAULT_PERIODS };
    const { rows } = await findEntitlements(db, {}, order, page, time, (parameter) =>
      walkAsOf(parameter(now)),
    );
    took.push(performance.now() - start);
    if (rows.length !== PAGE) throw new Error(`${rows.length} entitlements instead of ${PAGE}`);
  }
  Object.assign(pool, { query });
  const { text, values } = sent[0]!;
  const [row] = await db.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }[]>(
    `explain (analyze, buffers, format json) ${text}`,
    values,
  );
  const { Plan: plan } = row!["QUERY PLAN"][0];
  const pages = plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!;
  process.stdout.write(
    `as of ${now.toISOString()}: ${took[0]!.toFixed(1)} ms at first, then ${median(took.slice(1)).toFixed(1)} ms (target: at most ` +
      `${MS_AT_MOST} ms), ${pages} pages read (target: at most ${PAGES_AT_MOST})\n`,
  );
}
