import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import { loadConfig } from "../src/config";
import { startProgress } from "../src/cli/progress";
import { migrateUp } from "../src/store/schema/migrate";
import {
  expireDueEntitlements,
  type SweepReport,
} from "../src/use-cases/entitlements/expire-due-entitlements";
import { at, onServer, recreate, run } from "./scratch";

/** How fast the sweep is to be, as a share of the plain statement's speed. */
const RATE_RATIO_AT_LEAST = 0.5;
const DUE = "bench_expire_due";
const COPY = "bench_expire";

/** Expires so many due entitlements by one plain statement and by the sweep, each from the same rows. */
export async function measureExpiry(url: string, rows: number): Promise<void> {
  process.stdout.write(`\nexpire: ${rows} due entitlements, with their history\n`);
  await recreate(url, DUE);
  await fill(at(url, DUE), rows);
  const plain = await onACopy(url, (copy) => expirePlainly(copy, rows));
  const sweep = await onACopy(url, (copy) => expireBySweep(copy, rows));
  await onServer(url, [`drop database ${DUE}`]);
  const perSecond = (seconds: number) => `${Math.round(rows / seconds).toLocaleString("en")} rows/s`;
  process.stdout.write(
    `plain UPDATE … RETURNING into history ${perSecond(plain)}, sweep ${perSecond(sweep)}: ` +
      `${(plain / sweep).toFixed(2)} x (target: at least ${RATE_RATIO_AT_LEAST.toFixed(2)} x)\n`,
  );
}

/** All of them at once, without rules, guard or batches: as little as PostgreSQL can do. */
async function expirePlainly(url: string, rows: number): Promise<number> {
  const history = `nextval('history_id_seq'), history_now(), '~', 'expireDueEntitlements', null, 'system', 'CLI', null,
    pg_current_xact_id()::text::bigint`;
  const start = Date.now();
  const counts = await run(url, [
    "set session_replication_role = replica",
    "alter table course_entitlement disable trigger guard",
    "alter table course_entitlement_policy disable trigger guard",
    `with expired as (
       update course_entitlement set expired_at = now(), expiry_cause = 'LAPSED', modified_at = now()
       where expired_at is null returning *
     )
     insert into historical_course_entitlement select expired.*, ${history} from expired`,
  ]);
  const seconds = (Date.now() - start) / 1000;
  if (counts.at(-1) !== rows) throw new Error(`the plain statement expired ${counts.at(-1)} of ${rows}`);
  return seconds;
}

async function expireBySweep(url: string, rows: number): Promise<number> {
  const db = await new DataSource(dataSourceOptions(url, 2)).initialize();
  try {
    const progress = startProgress(rows, "entitlements");
    const onProgress = ({ expired }: SweepReport) => progress(expired);
    const app = { db, config: loadConfig({}), clock: () => new Date() };
    const start = Date.now();
    const { expired } = await expireDueEntitlements(app, { source: "CLI", requestId: null, onProgress });
    const seconds = (Date.now() - start) / 1000;
    if (expired !== rows) throw new Error(`the sweep expired ${expired} of ${rows}`);
    return seconds;
  } finally {
    await db.destroy();
  }
}

/**
 * One in five was redeemed for a run long ago, every other one has a policy, and each has the history of its creation.
 */
async function fill(url: string, rows: number): Promise<void> {
  await migrateUp(migrationOptions(url));
  await run(url, [
    "set session_replication_role = replica",
    "alter table course_entitlement disable trigger guard",
    "alter table course_entitlement_policy disable trigger guard",
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${rows}) n`,
    "insert into course_run (key, starts_at) select 'run' || n, '2020-01-01' from generate_series(1, 100) n",
    "insert into course_entitlement_policy (regain_period) values ('20 days')",
    `insert into course_enrollment (user_id, course_run_key, mode, created_at)
     select n, 'run' || 1 + n % 100, 'verified', '2023-01-01' from generate_series(1, ${rows}, 5) n`,
    `insert into course_entitlement
       (user_id, course_uuid, mode, order_number, policy_id, enrollment_id, redeemed_at, created_at, modified_at)
     select u.id, gen_random_uuid(), 'verified', 'ORDER-' || u.id, p.id, n.id, n.created_at, born, born
     from (select id, '2021-01-01'::timestamptz + id % 500 * interval '1 day' as born from user_account) u
     left join course_entitlement_policy p on u.id % 2 = 0
     left join course_enrollment n on n.user_id = u.id`,
    `insert into historical_course_entitlement
     select e.*, nextval('history_id_seq'), history_now(), '+', 'fulfillOrder', null, 'system', 'IMPORT', null, 1
     from course_entitlement e`,
    "alter table course_entitlement enable always trigger guard",
    "alter table course_entitlement_policy enable always trigger guard",
    "vacuum analyze",
  ]);
}

/** A copy is as cold for the one as for the other. */
async function onACopy(url: string, measure: (copy: string) => Promise<number>): Promise<number> {
  await recreate(url, COPY, ` template ${DUE}`);
  await onServer(url, ["checkpoint"]);
  try {
    return await measure(at(url, COPY));
  } finally {
    await onServer(url, [`drop database ${COPY} with (force)`]);
  }
}
