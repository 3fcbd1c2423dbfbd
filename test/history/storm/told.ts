import type { DataSource } from "typeorm";
import { loadConfig } from "../../../src/config";
import { factsAsOf, walkAsOf } from "../../../src/reads/as-of";
import { findEntitlements } from "../../../src/reads/entitlement-search";
import { readLog } from "../../../src/reads/feed/log";
import { firstRows } from "../../../src/store/rows/page";

/** How many entitlements a question is about. */
export const AT_ONCE = 20;
const PAGE = 100;

/** Follows the log from its beginning. */
export class Follower {
  constructor(
    private next = -1n,
    /** The ids of the entries that it was told. */
    readonly told: string[] = [],
  ) {}

  /** One that has been told the same so far. */
  fork(): Follower {
    return new Follower(this.next, [...this.told]);
  }

  /** Reads on, up to the end or so many pages. */
  async readOn(db: DataSource, pages = Infinity): Promise<void> {
    for (let hasMore = true; hasMore && pages > 0; pages--) {
      const page = await readLog(db, {}, this.next, PAGE);
      for (const { id } of page.entries) this.told.push(id);
      this.next = BigInt(page.next);
      ({ hasMore } = page);
    }
  }

  /** Which of all entries it was not told, and how many it was told more than once. */
  compare(ids: readonly string[]): { missed: number; repeated: number } {
    const got = new Set(this.told);
    return {
      missed: ids.filter((id) => !got.has(id)).length,
      repeated: this.told.length - got.size,
    };
  }
}

/** Answers, with what was asked: entitlements by their ids, or a page of everybody. */
interface Recorded {
  at: Date;
  ids: readonly string[] | null;
  answers: readonly string[];
}

/** Answers as of settled instants, which must never change. */
export class Answers {
  /** How many there are. */
  count = 0;

  constructor(private readonly recorded: Recorded[] = []) {
    for (const { answers } of recorded) this.count += answers.length;
  }

  /** The same answers, to which others can be added. */
  fork(): Answers {
    return new Answers([...this.recorded]);
  }

  /** Asks for entitlements by their ids, or for a page of everybody, as of an instant, and keeps the answers. */
  async record(db: DataSource, at: Date, ids: readonly string[] | null): Promise<void> {
    const answers = await ask(db, at, ids);
    this.recorded.push({ at, ids, answers });
    this.count += answers.length;
  }

  /** Asks everything again, and returns how many answers are other ones. */
  async changed(db: DataSource): Promise<number> {
    let changed = 0;
    for (const { at, ids, answers } of this.recorded) {
      const now = await ask(db, at, ids);
      changed += answers.filter((answer, place) => answer !== now[place]).length;
    }
    return changed;
  }
}

async function ask(db: DataSource, at: Date, ids: readonly string[] | null): Promise<string[]> {
  if (ids !== null)
    return (await factsAsOf(db, ids, at)).map((facts) => `${facts?.mode} ${facts?.courseUuid}`);
  const { defaultPeriods } = loadConfig({});
  const { rows } = await findEntitlements(
    db,
    {},
    { field: "CREATED_AT", direction: "DESC" },
    firstRows(AT_ONCE),
    { now: at, defaultPeriods },
    (parameter) => walkAsOf(parameter(at)),
  );
  return [rows.map(({ id, mode }) => `${id} ${mode}`).join()];
}
