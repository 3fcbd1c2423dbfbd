import type { Committed, RowChange } from "./wal";

/** What one transaction has to sign its entries with. */
export interface Expected {
  path: string;
  label: string;
  sources: string[];
  /** Whether it is committed in two phases. */
  isPrepared?: boolean;
}

/** The path of a transaction that shows the audit every row there is, and changes none. */
export const SHOW = "show";

/** What a transaction did to one row, and what it wrote about it. */
interface Story {
  before: string | null;
  after: string | null;
  /** The last state that the row had in it. */
  last: string | null;
  changed: number;
  entries: Map<string, string | null>[];
}

/**
 * Replays the write-ahead log, transaction by transaction, and compares the history that each has written with the rows
 * that it has changed: nothing may be missing, superfluous or wrong.
 */
export class Audit {
  readonly counts = { transactions: 0, prepared: 0, changes: 0, entries: 0, missing: 0, extra: 0, wrong: 0 };
  readonly faults: string[] = [];
  /** Every row there is, by table and id. */
  readonly rows = new Map<string, string>();
  /** The rows whose newest entry is not a deletion. */
  private readonly alive = new Set<string>();
  private lastLsn = 0n;

  constructor(private readonly tables: ReadonlySet<string>) {}

  read(transaction: Committed): void {
    if (transaction.lsn <= this.lastLsn) return; // PostgreSQL repeats it after a crash
    this.lastLsn = transaction.lsn;
    const stories = new Map<string, Story>();
    for (const change of transaction.changes) this.follow(change, stories);
    if (stories.size === 0) return;
    const expected = transaction.message === null ? null : (JSON.parse(transaction.message) as Expected);
    if (expected?.path === SHOW) return this.begin(stories);
    this.counts.transactions += 1;
    if (expected?.isPrepared) this.counts.prepared += 1;
    for (const [key, story] of stories) {
      this.counts.entries += story.entries.length;
      if (story.before !== story.after) this.counts.changes += 1;
      this.judge(key, story, expected);
    }
  }

  private begin(stories: Map<string, Story>): void {
    for (const [key, story] of stories)
      if (story.entries.length > 0) this.fault("extra", key, story, null);
      else this.alive.add(key);
  }

  private follow({ table, kind, row, oldKey }: RowChange, stories: Map<string, Story>): void {
    const tracked = table.replace(/^historical_/, "");
    if (!this.tables.has(tracked)) return;
    const key = `${tracked} ${row.get("id")}`;
    if (table !== tracked) {
      this.storyOf(key, stories).entries.push(row);
      return;
    }
    if (oldKey) this.write(`${tracked} ${oldKey.get("id")}`, null, stories);
    this.write(key, kind === "DELETE" ? null : image(row), stories);
  }

  private write(key: string, state: string | null, stories: Map<string, Story>): void {
    const story = this.storyOf(key, stories);
    if (story.after !== state) story.changed += 1;
    story.last = state ?? story.last;
    story.after = state;
    if (state === null) this.rows.delete(key);
    else this.rows.set(key, state);
  }

  private storyOf(key: string, stories: Map<string, Story>): Story {
    let story = stories.get(key);
    if (!story) {
      const before = this.rows.get(key) ?? null;
      story = { before, after: before, last: before, changed: 0, entries: [] };
      stories.set(key, story);
    }
    return story;
  }

  private judge(key: string, story: Story, expected: Expected | null): void {
    const { before, after, last, changed, entries } = story;
    const newest = entries.at(-1);
    if (before !== after && !newest) this.fault("missing", key, story, expected);
    if (entries.length > changed) this.fault("extra", key, story, expected);
    if (!newest) return;
    const isLegal = entries.every((entry) => this.continues(key, entry.get("history_type")!));
    const isRight = image(newest) === last && (newest.get("history_type") === "'-'") === (after === null);
    const isSigned = entries.every(
      (entry) =>
        entry.get("history_user_label") === `'${expected?.label}'` &&
        expected?.sources.some((source) => entry.get("history_source") === `'${source}'`) &&
        entry.get("history_change_reason") !== null,
    );
    if (!isLegal || !isRight || !isSigned) this.fault("wrong", key, story, expected);
  }

  /** A life begins with +, goes on with ~ and ends with -. */
  private continues(key: string, type: string): boolean {
    const isLegal = (type === "'+'") !== this.alive.has(key);
    if (type === "'-'") this.alive.delete(key);
    else this.alive.add(key);
    return isLegal;
  }

  private fault(
    kind: "missing" | "extra" | "wrong",
    key: string,
    story: Story,
    expected: Expected | null,
  ): void {
    this.counts[kind] += 1;
    if (this.faults.length >= 10) return;
    const entries = story.entries.map((entry) => JSON.stringify([...entry]));
    this.faults.push(
      [
        `${kind}: ${key} through ${expected?.path}`,
        `was ${story.before}`,
        `is ${story.after}`,
        ...entries,
      ].join("\n  "),
    );
  }
}

/** What several audits have counted together. */
export function sumOf(audits: readonly Audit[]): Audit["counts"] {
  const sum = new Audit(new Set()).counts;
  for (const { counts } of audits)
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counts[key];
  return sum;
}

/** A row, or what an entry says of it, as text that is equal only if all of it is. */
function image(row: ReadonlyMap<string, string | null>): string {
  return [...row]
    .filter(([column]) => !column.startsWith("history_") && column !== "seen_at")
    .map(([column, value]) => `${column}=${value}`)
    .toSorted()
    .join(" ");
}
