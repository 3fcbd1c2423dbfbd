import { setTimeout as sleep } from "node:timers/promises";
import { DataSource, type EntityManager } from "typeorm";
import { dataSourceOptions } from "../../../ormconfig";
import { Committer } from "../../../src/history/committer";
import { settledFaults } from "../../../src/proof/settled";
import { clockSetBack } from "./paths";
import { Answers, AT_ONCE, Follower } from "./told";
import { askWithinTransactions } from "./torn";
import { randomFrom } from "./writer";

/** The length and the seed of a storm against the settled past. */
export interface SettledOptions {
  /** A migrated database of its own. */
  url: string;
  seed: number;
  /** How many answers are recorded, and asked for again in the end. */
  answers: number;
  /** At most so many questions are asked about instants within transactions. */
  tornAtMost: number;
  onProgress?: (answers: number) => void;
}

/** What came of it; all but the first four and the waits should be 0. */
export interface SettledReport {
  answers: number;
  transactions: number;
  entries: number;
  /** Questions about instants between the dates of one transaction. */
  asked: number;
  /** Answers that were another one in the end. */
  changed: number;
  /** Questions whose answer had a part of a transaction. */
  torn: number;
  /** Entries that who followed the log did not get, or got twice. */
  missed: number;
  repeated: number;
  /** What history:verify would say of the order of history. */
  faults: string[];
  /** How long an answer waited until its instant was settled, in milliseconds. */
  waits: { median: number; most: number };
}

const WRITERS = 6;
const ENTITLEMENTS = 120;
const ROLLED_BACK = 0.05;
const LONG = 0.1;
/** A storm goes on until so many transactions are settled, however slow the machine is. */
const TRANSACTIONS_AT_LEAST = 50;

/**
 * Writes with several connections at once, some of them slowly, and rolls some of it back; sets the clock back once; and
 * records answers as of instants of the last moments meanwhile. In the end it asks for them again.
 */
export async function runSettledStorm(options: SettledOptions): Promise<SettledReport> {
  const db = await new DataSource({ ...dataSourceOptions(options.url, 20), subscribers: [] }).initialize();
  try {
    return await new Storm(db, options).run();
  } finally {
    await db.destroy();
  }
}

class Storm {
  private readonly random: () => number;
  private readonly committer: Committer;
  private readonly ended = new AbortController();
  private readonly answers = new Answers();
  private readonly waits: number[] = [];
  private ids: string[] = [];

  constructor(
    private readonly db: DataSource,
    private readonly options: SettledOptions,
  ) {
    this.random = randomFrom(options.seed);
    this.committer = new Committer(db);
  }

  async run(): Promise<SettledReport> {
    await this.db.query("insert into user_account (id, username) values (1, 'ada')");
    const rows = await this.db.query<{ id: string }[]>(
      `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
       select 1, gen_random_uuid(), 'new', now() - n * interval '1 hour', now() from generate_series(1, $1::int) n returning id`,
      [ENTITLEMENTS],
    );
    this.ids = rows.map(({ id }) => id);
    const beside = [...Array.from({ length: WRITERS }, () => this.write()), this.settle()];
    const followed = this.follow();
    await this.record();
    this.ended.abort();
    await Promise.all(beside);
    const told = await followed;
    await this.committer.settle();
    return this.judge(told);
  }

  /** One of many who write: each transaction marks what it changes with its number. */
  private async write(): Promise<void> {
    while (!this.ended.signal.aborted)
      try {
        await this.db.transaction(async (tx) => {
          if (this.random() < 0.5) await tx.query("set constraints all immediate");
          const isLong = this.random() < LONG;
          for (let changes = 1 + Math.floor(this.random() * 4); changes > 0; changes--) {
            await this.change(tx);
            await sleep(this.random() * (isLong ? 300 : 5));
          }
          if (this.random() < ROLLED_BACK) throw new Error("rolled back");
        });
      } catch {
        await sleep(2); // rolled back, a deadlock, or a lock that another one holds for long
      }
  }

  private async change(tx: EntityManager): Promise<void> {
    const id = this.ids[Math.floor(this.random() * this.ids.length)];
    const kind = this.random();
    if (kind < 0.75)
      await tx.query("update course_entitlement set mode = 't' || history_txid() where id = $1", [id]);
    else if (kind < 0.9)
      await tx.query(
        `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
         values ($1, 'OTHER', 'storm', now(), now())`,
        [id],
      );
    else {
      await tx.query("delete from course_entitlement where id = $1", [id]);
      await tx.query(
        `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
         values ($1, 1, gen_random_uuid(), 't' || history_txid(), now(), now()) on conflict do nothing`,
        [id],
      );
    }
  }

  private async settle(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.committer.settle();
      await sleep(100 + this.random() * 400);
    }
  }

  private async record(): Promise<void> {
    const { answers, onProgress } = this.options;
    let isSetBack = false;
    while (this.answers.count < answers || (await this.settled()) < TRANSACTIONS_AT_LEAST) {
      if (!isSetBack && this.answers.count > (3 * answers) / 4) {
        isSetBack = true;
        await this.db.query(clockSetBack(10));
      }
      const [{ now }] = await this.db.query<[{ now: Date }]>("select history_now() as now");
      const at = new Date(now.getTime() - Math.floor(this.random() * 100));
      const ids = this.random() < 0.1 ? null : this.some();
      const start = performance.now();
      await this.committer.until(at);
      this.waits.push(performance.now() - start);
      await this.answers.record(this.db, at, ids);
      onProgress?.(Math.min(this.answers.count, answers));
    }
  }

  private some(): string[] {
    const from = Math.floor(this.random() * (this.ids.length - AT_ONCE));
    return this.ids.slice(from, from + AT_ONCE);
  }

  /** Follows the log until the end. */
  private async follow(): Promise<Follower> {
    const follower = new Follower();
    while (!this.ended.signal.aborted) {
      await follower.readOn(this.db);
      await sleep(50);
    }
    await sleep(1_000).then(() => this.committer.settle()); // what the writers have in hand
    await follower.readOn(this.db);
    return follower;
  }

  private async judge(follower: Follower): Promise<SettledReport> {
    const all = await this.db.query<{ id: string }[]>(
      `select history_id as id from historical_course_entitlement
       union all select history_id from historical_course_entitlement_support_detail`,
    );
    const waits = this.waits.toSorted((one, other) => one - other);
    return {
      answers: this.answers.count,
      transactions: await this.settled(),
      entries: all.length,
      changed: await this.answers.changed(this.db),
      ...follower.compare(all.map(({ id }) => id)),
      faults: await settledFaults(this.db.manager),
      waits: { median: Math.round(waits[waits.length >> 1]!), most: Math.round(waits.at(-1)!) },
      ...(await askWithinTransactions(this.db, this.options.tornAtMost)),
    };
  }

  /** How many transactions are settled. */
  private async settled(): Promise<number> {
    const [row] = await this.db.query<[{ count: number }]>(
      "select count(*)::int as count from history_transaction",
    );
    return row.count;
  }
}
