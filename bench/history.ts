import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../ormconfig";
import { CourseEntitlement } from "../src/entities/course-entitlement";
import { transact, type Change } from "../src/store/transact";
import { writeSet } from "../src/history/write-set";
import { post } from "./load";
import { median } from "./report";
import { at, onServer, recreateMigrated, run } from "./scratch";
import { serverSettings, startServer, type BenchServer } from "./servers";
import { prepareTokens, type Authorize, type BenchRequest } from "./workloads";

const WITH = "bench_history_with";
const WITHOUT = "bench_history_without";
const WEIGHED = "bench_history_weighed";
const MUTATION_RATIO_AT_MOST = 1.15;
const BULK_RATIO_AT_MOST = 2.5;
const BYTES_AT_MOST = 320;
const MUTATIONS = 1_000;
const BULK_ROWS = 10_000;
const ROUNDS = 7;
const VERSIONS = 200_000;
/** What no history could do without; the rest is for those who search it. */
const KEEPING = ["", "_pkey", "_id_idx"];

/** Measures the same changes with their history and without, in turns; and how much one version of a row takes. */
export async function measureHistory(url: string): Promise<void> {
  process.stdout.write("\nhistory: the same changes with it, and without subscriber and triggers\n");
  for (const name of [WITH, WITHOUT]) await fill(url, name);
  await run(
    at(url, WITHOUT),
    TABLES.map((table) => `alter table ${table} disable trigger guard`),
  );
  try {
    await compareMutations(url);
    await compareSets(url);
    await weigh(url);
  } finally {
    await onServer(
      url,
      [WITH, WITHOUT, WEIGHED].map((name) => `drop database if exists ${name} with (force)`),
    );
  }
}

/** What a client waits for a mutation, one at a time. */
async function compareMutations(url: string): Promise<void> {
  const { authorize, jwkSet } = prepareTokens();
  const start = (program: string, name: string) =>
    startServer("server", program, serverSettings(at(url, name), jwkSet));
  const kept = await start("src/main.js", WITH);
  const bare = await start("bench/bare.js", WITHOUT);
  const change = async ({ port }: BenchServer, request: BenchRequest) => {
    const answer = await post(port, request);
    if (answer.includes('"entitlement":null')) throw new Error(answer);
  };
  try {
    for (const [name, requests] of Object.entries(await mutations(authorize)))
      await compare(
        name,
        MUTATION_RATIO_AT_MOST,
        MUTATIONS,
        (i) => change(kept, requests[i]!),
        (i) => change(bare, requests[i]!),
      );
  } finally {
    await Promise.all([kept.stop(), bare.stop()]);
  }
}

/** A mutation of a shop, of a learner and of support, each for one entitlement after the other. */
async function mutations(authorize: Authorize): Promise<Record<string, BenchRequest[]>> {
  // A service too, as nobody else may ask for that much.
  const roles = ["support", "service"];
  const support = await authorize({ user_id: 1, preferred_username: "learner1", roles });
  const numbers = Array.from({ length: warmedUp(MUTATIONS) }, (_, i) => i + 1);
  const shop = await authorize({ preferred_username: "shop", roles: ["service"] });
  const learners = numbers.map((n) => authorize({ user_id: n, preferred_username: `learner${n}` }));
  const request = (authorization: string, name: string, input: object) => ({
    authorization,
    body: JSON.stringify({
      query: `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
        ${name}(input: $input) { entitlement { id state isRefundLocked } userErrors { code } }
      }`,
      variables: { input },
    }),
  });
  return {
    fulfillOrder: numbers.map((n) =>
      request(shop, "fulfillOrder", {
        username: `learner${n}`,
        courseUuid: id(n),
        mode: "verified",
        orderNumber: `EDX-${n}`,
      }),
    ),
    switchSession: (await Promise.all(learners)).map((learner, i) =>
      request(learner, "switchSession", { entitlementId: id(i + 1), courseRunKey: runKey(i + 1, "B") }),
    ),
    setRefundLock: numbers.map((n) =>
      request(support, "setRefundLock", {
        entitlementId: id(n),
        isLocked: true,
        comments: "asked by the shop",
      }),
    ),
  };
}

async function compareSets(url: string): Promise<void> {
  const open = (name: string) => new DataSource(dataSourceOptions(at(url, name), 1)).initialize();
  const kept = await open(WITH);
  const bare = await open(WITHOUT);
  try {
    await compare(
      `${BULK_ROWS} rows as a set`,
      BULK_RATIO_AT_MOST,
      ROUNDS,
      (i) => writeKept(kept, i),
      (i) => writeBare(bare, i),
    );
  } finally {
    await kept.destroy();
    await bare.destroy();
  }
}

const TABLES = ["course_entitlement", "course_entitlement_support_detail"];
const id = (n: number) => `e0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const runKey = (n: number, run: string) => `course-v1:BenchX+${n}+${run}`;

/** Learners who each take one run of a course and may choose another. */
async function fill(url: string, name: string): Promise<void> {
  await recreateMigrated(url, name);
  await run(at(url, name), [
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${BULK_ROWS}) n`,
    "insert into course_entitlement_policy (mode) values (null)",
    `insert into course_run (key, course_uuid, starts_at)
     select 'course-v1:BenchX+' || n || '+' || run, md5(n::text)::uuid, now() + interval '30 days'
     from generate_series(1, ${BULK_ROWS}) n, unnest(array['A', 'B']) run`,
    "insert into course_mode (course_run_key, slug, min_price) select key, 'verified', 49 from course_run",
    `insert into course_enrollment (user_id, course_run_key, mode, created_at)
     select n, 'course-v1:BenchX+' || n || '+A', 'verified', now() from generate_series(1, ${BULK_ROWS}) n`,
    `insert into course_entitlement (id, user_id, course_uuid, mode, order_number, policy_id, enrollment_id, created_at, modified_at)
     select ('e0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n, md5(n::text)::uuid, 'verified',
       'EDX-' || 100000 + n, p.id, e.id, now(), now()
     from generate_series(1, ${BULK_ROWS}) n join course_enrollment e on e.user_id = n, course_entitlement_policy p
     where p.mode is null`,
    `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
     select id, 'CREATE', 'as agreed on the telephone', now(), now() from course_entitlement`,
    "vacuum analyze",
  ]);
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
  target: number,
  times: number,
  kept: (i: number) => Promise<void>,
  bare: (i: number) => Promise<void>,
): Promise<void> {
  const took: [number[], number[]] = [[], []];
  for (let i = 0; i < warmedUp(times); i++)
    for (const [which, work] of [kept, bare].entries()) {
      const start = performance.now();
      await work(i);
      if (i >= warmedUp(times) - times) took[which]!.push(performance.now() - start);
    }
  const [withIt, without] = took.map(median) as [number, number];
  process.stdout.write(
    `${title}: ${withIt.toFixed(2)} ms with, ${without.toFixed(2)} ms without: ` +
      `${(withIt / without).toFixed(2)} x (target: at most ${target} x)\n`,
  );
}

/** So many are made, of which the first warm up. */
function warmedUp(times: number): number {
  return times + Math.ceil(times / 10);
}

/**
 * Five versions each of many entitlements, as requests write them: each with an author, a reason and a request of its
 * own.
 */
async function weigh(url: string): Promise<void> {
  await recreateMigrated(url, WEIGHED);
  await run(at(url, WEIGHED), [
    `insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, policy_id,
       enrollment_id, redeemed_at, created_at, modified_at, history_date, history_type, history_change_reason,
       history_user_id, history_user_label, history_source, history_request_id, history_txid)
     select md5('e' || n)::uuid, n, md5('c' || n % 2000)::uuid, 'verified', 'EDX-' || 100000 + n, false,
       gen_random_uuid(), case when version > 1 then gen_random_uuid() end, case when version > 1 then now() end,
       now(), now(), now() + version * interval '1 hour', '~',
       (array['fulfillOrder', 'enrollAndFulfill', 'switchSession', 'leaveSession', 'setRefundLock'])[version],
       n, 'learner' || n, 'API', substr(md5(n || '-' || version), 1, 16), version * ${VERSIONS} + n
     from generate_series(1, 5) version, generate_series(1, ${VERSIONS / 5}) n
     order by version, md5(n::text)`,
  ]);
  const db = await new DataSource(migrationOptions(at(url, WEIGHED))).initialize();
  try {
    const weights = await db.query<{ name: string; bytes: number }[]>(
      `select relname as name, (pg_table_size(c.oid) / ${VERSIONS}.0)::float8 as bytes
       from pg_class c left join pg_index i on i.indexrelid = c.oid
       where 'historical_course_entitlement'::regclass in (c.oid, i.indrelid) order by bytes desc`,
    );
    const sum = (isWanted: (name: string) => boolean) =>
      weights.reduce((bytes, row) => bytes + (isWanted(row.name) ? row.bytes : 0), 0).toFixed(0);
    const keeps = (name: string) => KEEPING.some((part) => name === `historical_course_entitlement${part}`);
    process.stdout.write(
      `a version of an entitlement: ${sum(keeps)} bytes in the table, its key and the order of a row's versions ` +
        `(target: at most ${BYTES_AT_MOST} bytes), ${sum((name) => !keeps(name))} in the indexes by which history is searched:\n` +
        weights.map(({ name, bytes }) => `${bytes.toFixed(1).padStart(7)} ${name}\n`).join(""),
    );
  } finally {
    await db.destroy();
  }
}
