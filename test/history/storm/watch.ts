import { HISTORIES } from "../../../src/history/settle";
import { broken } from "../world";
import type { Audit } from "./audit";
import type { Stage } from "./stage/stage";
import { Answers, AT_ONCE, Follower } from "./told";
import { nextCommitted } from "./wal";

const TOLD_EVERY_MS = 200;
const PAGES = 10;
const SEEN = 200;

/** What the end of a storm has shown; `answers` and `said` apart, it should be nothing. */
export interface Verdict {
  /** Rows that differ from the log's, or from their newest entry, and what history:prove tells. */
  faults: string[];
  /** Answers as of settled instants, which were asked for again. */
  answers: number;
  /** Answers that were other ones then. */
  changed: number;
  /** Entries that who followed the log was not told, and was told twice. */
  missed: number;
  repeated: number;
  /** Entries that could be read before, and are not there any more. */
  lost: number;
  /** What history:prove has said in the end. */
  said: string;
}

/** Watches a storm from outside: audits the log, follows history, asks what it was, and keeps its checkpoints. */
export class Watch {
  private toldAt = 0;

  constructor(
    readonly audit: Audit,
    private readonly random: () => number,
    private readonly follower = new Follower(),
    private readonly answers = new Answers(),
    private readonly kept: string[] = [],
    private readonly seen = new Set<string>(),
    /** Entries that were there before the audit began. */
    private readonly entriesBefore = 0,
  ) {}

  /** Whether it has kept a checkpoint by which it could notice something. */
  get hasSeen(): boolean {
    return this.kept.length > 0;
  }

  /** One that has been told the same so far, for a database that was restored from here. */
  fork(): (audit: Audit, entriesBefore: number) => Watch {
    const [follower, answers] = [this.follower.fork(), this.answers.fork()];
    const [kept, seen] = [[...this.kept], new Set(this.seen)];
    return (audit, entriesBefore) =>
      new Watch(audit, this.random, follower, answers, kept, seen, entriesBefore);
  }

  /** Audits what has been committed since, and says whether there was anything; now and then it asks for more. */
  async look(stage: Stage): Promise<boolean> {
    const committed = await nextCommitted(stage.client);
    for (const transaction of committed) this.audit.read(transaction);
    if (Date.now() > this.toldAt + TOLD_EVERY_MS) await this.ask(stage);
    return committed.length > 0;
  }

  /** Judges it all, when nobody writes any more. */
  async judge(stage: Stage, tables: ReadonlySet<string>): Promise<Verdict> {
    while (await this.look(stage));
    await stage.seal();
    await this.ask(stage);
    await this.follower.readOn(stage.db);
    const [entries, rows] = [await idsIn(stage, HISTORIES, "history_id"), await idsIn(stage, tables, "id")];
    const there = new Set(entries);
    const { faults, said } = await stage.prove(this.kept);
    const found = (await broken(stage.db)).map(({ table, id, fault }) => `${table} ${id} ${fault}`);
    const logged = { rows: this.audit.rows.size, entries: this.entriesBefore + this.audit.counts.entries };
    if (rows.length !== logged.rows) found.push(`${rows.length} rows, but ${logged.rows} in the log`);
    if (entries.length !== logged.entries)
      found.push(`${entries.length} entries, but ${logged.entries} in the log`);
    return {
      faults: [...found, ...faults],
      answers: this.answers.count,
      changed: await this.answers.changed(stage.db),
      ...this.follower.compare(entries),
      lost: [...this.seen].filter((id) => !there.has(id)).length,
      said,
    };
  }

  /** Asks for what others could know. */
  async ask({ db }: Stage): Promise<void> {
    const [{ until, note }] = await db.query<[{ until: Date | null; note: string | null }]>(
      `select (select settled_until from history_clock) as until,
         (select note from history_checkpoint order by size desc limit 1) as note`,
    );
    if (note !== null && note !== this.kept.at(-1)) this.kept.push(note);
    const newest = await db.query<{ entry: string; id: string }[]>(
      `select history_id::text as entry, id from historical_course_entitlement order by history_id desc limit ${SEEN}`,
    );
    for (const { entry } of newest) this.seen.add(entry);
    if (until !== null) {
      const ids = this.random() < 0.1 ? null : [...new Set(newest.map(({ id }) => id))].slice(0, AT_ONCE);
      await this.answers.record(db, new Date(until.getTime() - Math.floor(this.random() * 1_000)), ids);
    }
    await this.follower.readOn(db, PAGES);
    this.toldAt = Date.now();
  }
}

/** The ids of everything in some tables. */
async function idsIn({ db }: Stage, tables: Iterable<string>, column: string): Promise<string[]> {
  const parts = [...tables].map((table) => `select ${column}::text as id from ${table}`);
  return (await db.query<{ id: string }[]>(parts.join(" union all "))).map(({ id }) => id);
}
