import { setTimeout as sleep } from "node:timers/promises";
import { tracked } from "../../../src/history/historical";
import { HISTORIES } from "../../../src/history/settle";
import { Audit, sumOf } from "./audit";
import { RESTORED_AT, SCHEDULE, type Happening, type Scenario } from "./schedule";
import { Stage } from "./stage/stage";
import { Watch, type Verdict } from "./watch";
import { randomFrom } from "./writer";

/** The length, the intensity and the seed of a storm. */
export interface StormOptions {
  seed: number;
  /** Stops once so many changes of rows are committed. */
  changes: number;
  /** How often the writing process or PostgreSQL is killed meanwhile. */
  kills: number;
  scenarios: readonly Scenario[];
  /** How many write at once. */
  writers: number;
  /** The folder with the programs of a PostgreSQL with pg_dump, which a restore needs; without it, the embedded one is used. */
  binaries?: string | undefined;
  /** An empty directory for a PostgreSQL of its own. */
  dir: string;
  onProgress?: (changes: number) => void;
  /** Is told what happens besides, when it begins. */
  onHappening?: (what: string) => void;
}

/** What the write-ahead log, held against the history, has shown. */
export interface StormReport {
  counts: Audit["counts"];
  kills: number;
  /** Transactions that were prepared before PostgreSQL was killed, and committed afterwards. */
  survived: number;
  /** What has happened besides, in its order. */
  happened: string[];
  /** The verdict at the end, and before it that of the database that was restored elsewhere. */
  verdicts: Verdict[];
  /** The first few faults of the audit in full. */
  faults: string[];
}

const STALLED_AFTER_MS = 60_000;
/** The least share of the changes after each thing that happens besides kills. */
const RESTS = 0.05;

/** Writes by every write path, kills the writing process and PostgreSQL, and audits every committed transaction. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const has = (scenario: Scenario) => options.scenarios.includes(scenario);
  const { dir, seed, writers, binaries } = options;
  const orders = { seed, writers, isTwoPhase: has("two-phase") };
  const stage = await Stage.open({ dir, binaries, orders, areClocksAhead: has("clock") });
  try {
    const storm = new Storm(stage, options);
    await storm.rage(has("restore") ? RESTORED_AT : 1);
    if (has("restore")) await storm.restore();
    await storm.rage(1);
    return await storm.end();
  } finally {
    await stage.close();
  }
}

class Storm {
  private readonly random: () => number;
  private readonly tables: ReadonlySet<string>;
  private readonly due: Happening[];
  private readonly happened: string[] = [];
  private readonly verdicts: Verdict[] = [];
  private readonly audits: Audit[] = [];
  private watch: Watch;
  private nextKill: number;
  /** What happens next, or the end, waits until so many changes are committed after what happened before. */
  private restsUntil = 0;

  constructor(
    private readonly stage: Stage,
    private readonly options: StormOptions,
  ) {
    const { seed, changes, kills, scenarios } = options;
    this.random = randomFrom(seed);
    this.tables = new Set(
      [...tracked.keys()].map((entity) => stage.db.getMetadata(entity as () => object).tableName),
    );
    this.due = SCHEDULE.filter(({ scenario }) => scenarios.includes(scenario));
    this.watch = new Watch(this.newAudit(), this.random);
    this.nextKill = (this.random() * changes) / kills;
  }

  /** Lets it rage until a share of the changes is committed. */
  async rage(share: number): Promise<void> {
    const { stage } = this;
    const { changes, kills, onProgress } = this.options;
    let [before, movedAt] = [this.changes, Date.now()];
    const goesOn = () =>
      this.changes < Math.max(share * changes, this.restsUntil) ||
      this.due.some(({ at }) => at < share) ||
      (share === 1 && stage.killed < kills) ||
      !this.watch.hasSeen;
    while (goesOn()) {
      await this.watch.look(stage);
      if (before < changes) onProgress?.(Math.min(this.changes, changes));
      if (this.changes > before) movedAt = Date.now();
      before = this.changes;
      if (Date.now() - movedAt > STALLED_AFTER_MS) throw new Error("Nothing is written any more");
      if (stage.writing.failure) throw stage.writing.failure;
      if (await this.happen()) movedAt = Date.now();
      else await sleep(20);
    }
  }

  /** Dumps the database while others write, ends that, and goes on in another one with what was dumped. */
  async restore(): Promise<void> {
    const goOn = this.watch.fork();
    this.tell("it is dumped");
    const file = await this.stage.dump();
    await this.judge();
    this.tell("it is restored elsewhere");
    await this.stage.restore(file, this.tables);
    const counts = HISTORIES.map((table) => `(select count(*) from ${table})`).join(" + ");
    const [{ count }] = await this.stage.db.query<[{ count: string }]>(`select ${counts} as count`);
    this.watch = goOn(this.newAudit(), Number(count));
    await this.rest();
  }

  /** Ends it, and says what it has shown. */
  async end(): Promise<StormReport> {
    await this.judge();
    const { happened, verdicts, audits, stage } = this;
    return {
      counts: sumOf(audits),
      kills: stage.killed,
      survived: stage.survived,
      happened,
      verdicts,
      faults: audits.flatMap(({ faults }) => faults),
    };
  }

  private get changes(): number {
    return sumOf(this.audits).changes;
  }

  /** Lets happen what is due, and says whether anything was. */
  private async happen(): Promise<boolean> {
    const { stage, due, changes } = this;
    const [next] = due;
    if (next && changes >= Math.max(next.at * this.options.changes, this.restsUntil)) {
      due.shift();
      this.tell(next.name);
      await next.happen(stage, this.watch);
      await this.rest();
      return true;
    }
    const toCome = due.filter(({ kills }) => kills).length;
    if (stage.killed + toCome >= this.options.kills || changes < this.nextKill) return false;
    if (stage.hasReplica || this.random() < 0.5) stage.killWriter();
    else await stage.killPostgres();
    const { changes: wanted, kills } = this.options;
    this.nextKill = ((stage.killed + this.random()) * wanted) / kills;
    if (changes >= wanted && stage.killed % 10 === 0) this.tell(`${stage.killed} of ${kills} kills`);
    return true;
  }

  /** Whatever happens next, there is something written in between. */
  private async rest(): Promise<void> {
    await this.watch.look(this.stage); // what was committed before
    this.restsUntil = this.changes + this.options.changes * RESTS;
  }

  private tell(what: string): void {
    this.happened.push(what);
    this.options.onHappening?.(what);
  }

  private newAudit(): Audit {
    const audit = new Audit(this.tables);
    this.audits.push(audit);
    return audit;
  }

  private async judge(): Promise<void> {
    this.tell("everything is judged");
    await this.stage.silence();
    this.verdicts.push(await this.watch.judge(this.stage, this.tables));
  }
}
