import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { describe } from "../../log";
import { readFeed, type FeedEntry } from "../../reads/feed/feed";
import { lastId, logEnd, placeAfterId, type IdPlace } from "../../reads/feed/placed";
import { audienceOf, type Audience, type Choice } from "./audience";

/** The interval at which a process looks for changes while it has followers. */
const LOOKS_EVERY_MS = 500;
const PAGE = 100;
/** Who comes again with the id of an entry, as earlier versions gave, may be so many ids behind. */
const IDS_BEHIND_AT_MOST = 100_000n;

/** Where a follower begins: after a position, or after all that was told up to the id of an entry. */
export type Start = IdPlace;

/** A caller who follows the changes. */
export interface Follower {
  audience: Audience;
  /** Is told of a change at a position, in the order of the positions. */
  changed: (position: string, json: string) => void;
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
  /** Those who have been told everything up to `position`, with where each began. */
  private readonly upToDate = new Map<Follower, Start>();
  /** Up to where changes have been told. */
  private position = -1n;
  private looking: Promise<void> | undefined;
  private isAwake = false;
  /** Followers who read on their own do so one after the other, so that they leave the database to others. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly app: App) {}

  /** The changes that a caller may follow among those chosen; null where the chosen learner does not exist. */
  audienceOf(actor: Actor, choice: Choice, requestId: string): Promise<Audience | null> {
    return audienceOf(this.app, actor, choice, requestId);
  }

  /** The position of the newest settled change; -1 before the first. Rejects while the database is away. */
  async newest(): Promise<bigint> {
    await this.look();
    return this.position;
  }

  /** The place of who was told of everything up to an id by an earlier version; null where that is too far back, or not yet. */
  async placeAfterId(id: bigint): Promise<Start | null> {
    await this.look();
    const newest = await lastId(this.app.db);
    return id > newest || newest - id > IDS_BEHIND_AT_MOST ? null : placeAfterId(this.app.db, id, newest);
  }

  /**
   * Tells a follower of all changes after a place until it leaves. Resolves when it is up to date or has left and nothing is
   * read for it any more, and rejects when the database goes away before.
   */
  async follow(follower: Follower, start: Start): Promise<void> {
    if (follower.left.aborted) return;
    this.followers.add(follower);
    follower.left.addEventListener("abort", () => this.leave(follower), { once: true });
    void this.stayAwake();
    await this.catchUp(follower, start);
  }

  private leave(follower: Follower): void {
    this.upToDate.delete(follower);
    this.followers.delete(follower);
  }

  private async catchUp(follower: Follower, start: Start): Promise<void> {
    const { audience, ready, left } = follower;
    const isOfEverything = audience.scope.entitlementId === null && audience.scope.learnerId === null;
    let at = start.after;
    while (!left.aborted && at < this.position) {
      const upTo = isOfEverything ? lesser(this.position, at + BigInt(PAGE)) : this.position;
      const page = await this.inTurn(left, () => readFeed(this.app.db, audience.scope, at, upTo, PAGE));
      for (const entry of page) tellOf(entry, follower, start);
      at = isOfEverything || page.length < PAGE ? upTo : BigInt(page.at(-1)!.position);
      await ready();
    }
    // Nothing is awaited between the last comparison and this: whatever is told from now on comes after `at`.
    if (!left.aborted) this.upToDate.set(follower, start);
  }

  /** Reads a page when the turn has come; who has left until then reads nothing, so that those behind need not wait. */
  private inTurn(left: AbortSignal, read: () => Promise<FeedEntry[]>): Promise<FeedEntry[]> {
    const done = this.turn.then(() => (left.aborted ? [] : read()));
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
    await this.app.committer.settle();
    const settled = BigInt((await logEnd(this.app.db)).size) - 1n;
    if (settled < this.position) this.position = settled; // the database was restored under us
    // Without followers there is nothing to read.
    if (this.upToDate.size === 0) this.position = settled;
    while (this.position < settled) {
      const upTo = lesser(settled, this.position + BigInt(PAGE));
      const page = await readFeed(this.app.db, EVERYTHING, this.position, upTo, PAGE);
      for (const entry of page) for (const [follower, start] of this.upToDate) tellOf(entry, follower, start);
      this.position = upTo;
    }
  }
}

const EVERYTHING = { entitlementId: null, learnerId: null };
const lesser = (one: bigint, other: bigint) => (one < other ? one : other);

/** Tells a follower of a change, unless that was so before it began. */
function tellOf(entry: FeedEntry, { audience, changed }: Follower, { after, told }: Start): void {
  if (BigInt(entry.position) <= after || BigInt(entry.id) <= told) return;
  const json = audience.tell(entry);
  if (json !== null) changed(entry.position, json);
}
