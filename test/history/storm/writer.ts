import { setTimeout as sleep } from "node:timers/promises";
import { DataSource, type EntityManager } from "typeorm";
import { dataSourceOptions } from "../../../ormconfig";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../../src/entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../../src/entities/course-entitlement-support-detail";
import { writeSet } from "../../../src/history/write-set";
import { WRITE_PATHS, type WritePath } from "../write-paths";
import { asGrace, GRACE } from "../world";
import type { Expected } from "./audit";
import { LMS_PATHS } from "./lms-paths";

/** Learners of the storm's world, numbered from 1. */
export const USERS = 2_000;
/** How many write at once. */
const WRITERS = 16;
const ROWS_AT_MOST = 20_000;

const INSERT_MANY = `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
  select id, gen_random_uuid(), 'many', now(), now() from user_account where id > 1
  order by random() limit 1 + floor(random() * 500)`;
const SOME = `(select id from course_entitlement where id >= gen_random_uuid() and user_id > 1 order by id
  limit 1 + floor(random() * 300) for update skip locked)`;
const RETURN = `insert into user_account (id, username) select i, 'user-' || i from generate_series(1, ${USERS}) i
  on conflict do nothing`;

const BULK: WritePath[] = [
  { name: "insert of many", isOurs: false, write: (tx) => tx.query(INSERT_MANY) },
  {
    name: "insert of a set",
    isOurs: true,
    write: (tx) => writeSet(tx, CourseEntitlement, `${INSERT_MANY} returning *`),
  },
  {
    name: "update of many",
    isOurs: false,
    write: (tx) => tx.query(`update course_entitlement set mode = random()::text where id in ${SOME}`),
  },
  {
    name: "update of a set",
    isOurs: true,
    write: (tx) =>
      writeSet(
        tx,
        CourseEntitlement,
        `update course_entitlement e set mode = random()::text where id in ${SOME} returning e.*`,
      ),
  },
  {
    name: "update that changes nothing",
    isOurs: false,
    write: (tx) => tx.query(`update course_entitlement set mode = mode where id in ${SOME}`),
  },
  {
    name: "support details",
    isOurs: false,
    write: (tx) =>
      tx.query(`insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
        select id, 'CREATE', 'it''s [a]:''test''', now(), now() from course_entitlement where id in ${SOME}`),
  },
  {
    name: "save of a support detail",
    isOurs: true,
    write: (tx, [entitlementId]) =>
      tx.save(CourseEntitlementSupportDetail, {
        entitlementId: entitlementId!,
        action: "EXPIRE",
        createdAt: new Date(),
        modifiedAt: new Date(),
      }),
  },
  {
    name: "save of a policy",
    isOurs: true,
    write: async (tx) => {
      const [policy] = await tx.find(CourseEntitlementPolicy, { take: 1 });
      await tx.save(CourseEntitlementPolicy, { id: policy!.id, refundMs: Math.floor(Math.random() * 1e9) });
    },
  },
  {
    name: "policy in SQL",
    isOurs: false,
    write: (tx) =>
      tx.query(
        `update course_entitlement_policy set regain_period = make_interval(secs => floor(random() * 1e6))`,
      ),
  },
];
const THIN: WritePath = {
  name: "delete of many",
  isOurs: false,
  write: (tx) => tx.query(`delete from course_entitlement where id in ${SOME}`),
};
const THINNING = Array.from({ length: 5 }, () => THIN);

/** Writes through every path at once until it is killed, in savepoints and transactions that are rolled back too. */
async function main(url: string, seed: number): Promise<void> {
  const ours = new DataSource(dataSourceOptions(url, WRITERS));
  const theirs = new DataSource({ ...dataSourceOptions(url, WRITERS), subscribers: [] });
  for (const db of [ours, theirs]) while (!db.isInitialized) await db.initialize().catch(() => sleep(100)); // PostgreSQL may be starting
  const [{ role }] = (await ours.query("select session_user as role")) as [{ role: string }];
  const random = randomFrom(seed);
  let isCrowded = false;
  const write = async () => {
    for (let round = 0; ; round++)
      try {
        if (round % 25 === 0) isCrowded = await tendTo(ours);
        const always = [...WRITE_PATHS, ...LMS_PATHS];
        const paths = isCrowded ? [...always, ...BULK.slice(2), ...THINNING] : [...always, ...BULK];
        const path = paths[Math.floor(random() * paths.length)]!;
        await attempt(path, path.isOurs ? ours : theirs, role, random());
      } catch {
        await sleep(20); // a deadlock, a learner who is gone, or PostgreSQL itself
      }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/** Lets learners whose accounts were deleted come back, and says whether there are enough entitlements. */
async function tendTo(db: DataSource): Promise<boolean> {
  await db.query(RETURN);
  const [row] = (await db.query("select count(*)::int as count from course_entitlement")) as [
    { count: number },
  ];
  return row.count > ROWS_AT_MOST;
}

async function attempt(path: WritePath, db: DataSource, role: string, chance: number): Promise<void> {
  const expected: Expected = {
    path: path.name,
    label: path.isOurs ? GRACE.userLabel : `database:${role}`,
    sources: path.isOurs ? ["API", "DATABASE"] : ["DATABASE"],
  };
  const work = async (tx: EntityManager) => {
    await tx.query("select pg_logical_emit_message(true, 'storm', $1)", [JSON.stringify(expected)]);
    const ids = await someIds(tx);
    if (chance < 0.15) await tx.transaction((inner) => path.write(inner, ids).then(regret)).catch(onlyRegret);
    if (chance > 0.9) await path.write(tx, ids).then(regret);
    await path.write(tx, ids);
    if (chance > 0.8) await path.write(tx, await someIds(tx));
  };
  await (path.isOurs ? asGrace(db, work) : db.transaction(work)).catch(onlyRegret);
}

async function someIds(tx: EntityManager): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    "select id from course_entitlement where id >= gen_random_uuid() and user_id > 1 order by id limit 3",
  );
  if (rows.length === 3) return rows.map((row) => row.id);
  await tx.query(INSERT_MANY);
  return someIds(tx);
}

function regret(): never {
  throw new Error("regret");
}

function onlyRegret(error: Error): void {
  if (error.message !== "regret") throw error;
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ends like a server whose PostgreSQL stops while it starts, so that it is started again. */
export const LOST_POSTGRES = 3;
const LOST = /terminat|ECONNRE|shut ?down|starting up|not yet accepting/;

if (require.main === module) {
  // The process that started it has ended, so writing can end.
  process.on("disconnect", () => process.exit());
  process.on("uncaughtException", (error) => {
    if (LOST.test(String(error))) process.exit(LOST_POSTGRES);
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
  void main(process.argv[2]!, Number(process.argv[3]));
}
