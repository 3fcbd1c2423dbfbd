import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { describe } from "../../log";
import { readFeed, type FeedEntry } from "../../reads/feed/feed";
import { lastId, settledUpTo } from "../../reads/feed/settled";
import { audienceOf, type Audience, type Choice } from "./audience";

/** The interval at which a process looks for changes while it has followers. */
const LOOKS_EVERY_MS = 500;
const PAGE = 100;

/** A caller who follows the changes. */
export interface Follower {
  audience: Audience;
  /** Is told of a change, in the order of their ids. */
  changed: (id: string, json: string) => void;
  /** Resolves when more can be taken. */
  ready: () => Promise<void>;
  /** Is aborted when the follower has left. */
  left: AbortSignal;
}

/**
 * Tells followers of changes as they become settled: none is missed and none is told twice. One look at the database
 * serves all followers of the process; who begins at an earlier place first reads up to where the others are.
 */
export class Feed {
  private readonly followers = new Set<Follower>();
  /** Those who have been told everything up to `position`, with the id from which each is told. */
  private readonly upToDate = new Map<Follower, bigint>();
  /** Up to where changes have been told. */
  private position = 0n;
  private looking: Promise<void> | undefined;
  private isAwake = false;
  /** Followers who read on their own do so one after the other, so that they leave the database to others. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly app: App) {}

  /** The changes that a caller may follow among those chosen; null where the chosen learner does not exist. */
  audienceOf(actor: Actor, choice: Choice, requestId: string): Promise<Audience | null> {
    return audienceOf(this.app, actor, choice, requestId);
  }

  /** Up to where changes are settled now, and the id of the newest change of all. Rejects while the database is away. */
  async place(): Promise<{ now: bigint; newest: bigint }> {
    await this.look();
    return { now: this.position, newest: await lastId(this.app.db) };
  }

  /**
   * Tells a follower of all changes after an id until it leaves. Resolves
   * when it is up to date, and rejects when the database goes away before.
   */
  async follow(follower: Follower, after: bigint): Promise<void> {
    if (follower.left.aborted) return;
    this.followers.add(follower);
    follower.left.addEventListener("abort", () => this.leave(follower), { once: true });
    void this.stayAwake();
    await this.catchUp(follower, after);
  }

  private leave(follower: Follower): void {
    this.upToDate.delete(follower);
    this.followers.delete(follower);
  }

  private async catchUp(follower: Follower, start: bigint): Promise<void> {
    const { audience, ready, left } = follower;
    let at = start;
    while (!left.aborted && at < this.position) {
      const upTo = this.position;
      const page = await this.inTurn(() => readFeed(this.app.db, audience.scope, at, upTo, PAGE));
      for (const entry of page) tellOf(entry, follower);
      at = page.length < PAGE ? upTo : BigInt(page.at(-1)!.id);
      await ready();
    }
    // Nothing is awaited between the last comparison and this: whatever is told from now on comes after `at`.
    if (!left.aborted) this.upToDate.set(follower, start);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async stayAwake(): Promise<void> {
    if (this.isAwake) return;
    this.isAwake = true;
    let isAway = false;
    while (this.followers.size > 0) {
      await sleep(LOOKS_EVERY_MS, undefined, { ref: false });
      try {
        await this.look();
        isAway = false;
      } catch (error) {
        if (!isAway) this.app.log.warn({ error: describe(error) }, "changes cannot be read just now");
        isAway = true;
      }
    }
    this.isAwake = false;
  }

  private look(): Promise<void> {
    return (this.looking ??= this.tellSettled().finally(() => (this.looking = undefined)));
  }

  private async tellSettled(): Promise<void> {
    const settled = await settledUpTo(this.app.db);
    if (settled < this.position) this.position = settled; // the database was restored under us
    while (this.position < settled) {
      // Without followers there is nothing to read.
      const page =
        this.upToDate.size > 0 ? await readFeed(this.app.db, EVERYTHING, this.position, settled, PAGE) : [];
      for (const entry of page)
        for (const [follower, start] of this.upToDate) if (BigInt(entry.id) > start) tellOf(entry, follower);
      this.position = page.length < PAGE ? settled : BigInt(page.at(-1)!.id);
    }
  }
}

const EVERYTHING = { entitlementId: null, learnerId: null };

function tellOf(entry: FeedEntry, { audience, changed }: Follower): void {
  const json = audience.tell(entry);
  if (json !== null) changed(entry.id, json);
}
