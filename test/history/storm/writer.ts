import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DataSource, type EntityManager } from "typeorm";
import { dataSourceOptions } from "../../../ormconfig";
import { composeSealer } from "../../../src/compose/sealer";
import { loadConfig } from "../../../src/config";
import { Committer } from "../../../src/history/committer";
import { WRITE_PATHS, type WritePath } from "../write-paths";
import { asGrace, GRACE } from "../world";
import type { Expected } from "./audit";
import { BULK, INSERT_MANY, LMS_PATHS, THINNING, USERS } from "./paths";

const ROWS_AT_MOST = 20_000;
const RETURN = `insert into user_account (id, username) select i, 'user-' || i from generate_series(1, ${USERS}) i
  on conflict do nothing`;

/** What a writing process is told. */
export interface Orders {
  url: string;
  seed: number;
  /** How many write at once. */
  writers: number;
  /** Whether some transactions are committed, or rolled back, in two phases. */
  isTwoPhase: boolean;
}

const PREPARED = 0.1;
const FINISHED_AFTER_MS = 300;
const SETTLED_EVERY_MS = 500;

/**
 * Writes through every path at once until it is killed, in savepoints and transactions that are rolled back too; and settles
 * and seals history meanwhile, as a server does.
 */
async function main({ url, seed, writers, isTwoPhase }: Orders): Promise<void> {
  const ours = new DataSource(dataSourceOptions(url, writers));
  const theirs = new DataSource({ ...dataSourceOptions(url, writers), subscribers: [] });
  const beside = new DataSource(dataSourceOptions(url, 3));
  for (const db of [ours, theirs, beside])
    while (!db.isInitialized) await db.initialize().catch(() => sleep(100)); // PostgreSQL may be starting
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
        const isPrepared = isTwoPhase && random() < PREPARED;
        await attempt(path, path.isOurs ? ours : theirs, role, random(), isPrepared);
      } catch {
        await sleep(20); // a deadlock, a learner who is gone, or PostgreSQL itself
      }
  };
  const [committer, sealer] = [new Committer(beside), composeSealer(loadConfig(process.env), beside)!];
  void again(SETTLED_EVERY_MS, () => committer.settle().then(() => sealer.seal()));
  if (isTwoPhase)
    void again(FINISHED_AFTER_MS / 3, () => finishPrepared((sql) => beside.query(sql), FINISHED_AFTER_MS));
  await Promise.all(Array.from({ length: writers }, write));
}

async function again(everyMs: number, work: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await work().catch(() => undefined); // PostgreSQL was killed
    await sleep(everyMs);
  }
}

/** Lets learners whose accounts were deleted come back, and says whether there are enough entitlements. */
async function tendTo(db: DataSource): Promise<boolean> {
  await db.query(RETURN);
  const [row] = (await db.query("select count(*)::int as count from course_entitlement")) as [
    { count: number },
  ];
  return row.count > ROWS_AT_MOST;
}

async function attempt(
  path: WritePath,
  db: DataSource,
  role: string,
  chance: number,
  isPrepared: boolean,
): Promise<void> {
  const expected: Expected = {
    path: path.name,
    isPrepared,
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
    // The COMMIT that follows is that of no transaction.
    if (isPrepared) await tx.query(`prepare transaction '${nameOfPrepared(chance < 0.7)}'`);
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

/** A name for a transaction that is to be prepared; it decides what becomes of it, whoever finishes it, and where. */
function nameOfPrepared(isKept: boolean): string {
  return `${isKept ? "commit" : "rollback"} ${randomUUID()}`;
}

/** Runs a statement and returns its rows. */
type Run = (sql: string) => Promise<{ gid: string }[]>;

/** Finishes, one after the other, the transactions that were prepared here more than so many milliseconds ago. */
export async function finishPrepared(run: Run, afterMs: number): Promise<void> {
  const rows = await run(
    `select gid from pg_prepared_xacts where prepared <= clock_timestamp() - interval '${afterMs} ms' and gid !~ '^held'
     order by prepared`,
  );
  for (const { gid } of rows) await run(`${gid.split(" ")[0]} prepared '${gid}'`);
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
  void main(JSON.parse(process.argv[2]!) as Orders);
}
