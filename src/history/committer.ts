import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import type { DataSource } from "typeorm";
import { poolOf } from "../store/statement";
import { begin, endTurn, gather, settleFresh, settleGathered, takeTurn, type Round } from "./settle";

/** How long an answer waits for its instant to be settled, in milliseconds. */
export const WAITS_AT_MOST_MS = 2_000;
/**
 * How far an instant may lie ahead for an answer to wait until it comes, in milliseconds: as far as the clocks of two machines
 * differ. Beyond that it is in the future, and whoever asks for it would only hold a place.
 */
export const AHEAD_AT_MOST_MS = 200;
/** Rounds that readers ask for begin at least so many milliseconds after each other. */
const ASKED_EVERY_MS = 20;
/** The progress of a long backlog is told at this interval, in milliseconds. */
const TOLD_EVERY_MS = 5_000;

/** An answer as of an instant cannot be given, because it could still change. */
export class NotSettled extends Error {
  constructor(
    /** The instant up to which answers are settled; null before anything was. */
    readonly settledUntil: Date | null,
    /** Whether the instant lies in the future. */
    readonly isFuture: boolean,
  ) {
    super("The instant is not settled yet");
  }
}

/** Receives how many entries of a long backlog are settled, and how many there are. */
export type OnBacklog = (settled: number, of: number) => void;

/**
 * Gives committed changes their place in history, and says up to which instant answers are settled. It is no command, and
 * changes nothing that was written: it keeps the order in which changes were committed, in transactions of its own,
 * on connections that no query and no command uses meanwhile. Any number of processes may do so; one at a time works.
 */
export class Committer {
  /** The transactions that this process has settled more than a second after their changes were made. */
  late = 0;
  /**
   * No answer up to here changes any more, as the last round has seen it. It goes back only where the database itself does,
   * as after the failover to a standby that lacked something.
   */
  private settledUntil: Date | null = null;
  private running: Promise<unknown> = Promise.resolve();
  /** The round that has not begun, which serves all who ask meanwhile. */
  private next: Promise<Round> | undefined;
  private isAsked = false;
  private askedAt = 0;
  /**
   * The transactions that were visible when nothing was left, and the connection that saw them: where no others are, nothing
   * is new. A failover ends all connections, and what comes after it may use the same numbers again.
   */
  private quiet: { client: PoolClient; visible: string } | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly onBacklog: OnBacklog = () => undefined,
  ) {}

  /**
   * Settles whatever is committed by now, and moves the clock up to now when `isAsked`. Where nothing is unsettled and nobody
   * asks, nothing is written. Calls that meet share a round, which begins after all of them.
   */
  settle(isAsked = false): Promise<Round> {
    this.isAsked ||= isAsked;
    return (this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        const asked = this.isAsked;
        this.isAsked = false;
        this.next = undefined;
        const round = this.work(asked);
        this.running = round;
        return round;
      }));
  }

  /**
   * Resolves once no answer as of an instant changes any more. It asks for rounds, and waits for 2 seconds at most, but for
   * no instant that lies ahead. Throws NotSettled.
   */
  async until(instant: Date): Promise<void> {
    const deadline = performance.now() + WAITS_AT_MOST_MS;
    while (this.settledUntil === null || instant > this.settledUntil) {
      const pause = this.askedAt + ASKED_EVERY_MS - performance.now();
      if (pause > 0) await sleep(pause);
      this.askedAt = performance.now();
      const { now, settledUntil } = await this.settle(true);
      if (settledUntil && instant <= settledUntil) return;
      const left = deadline - performance.now();
      const ahead = instant.getTime() - now.getTime();
      if (ahead > AHEAD_AT_MOST_MS || ahead > left || left < 0) throw new NotSettled(settledUntil, ahead > 0);
      if (ahead > 0) await sleep(ahead);
    }
  }

  private async work(isAsked: boolean): Promise<Round> {
    const client = await poolOf(this.db).connect();
    let isBroken = true;
    try {
      const round = await this.round(client, isAsked);
      if (round.left > 0) await this.drain(client, round);
      isBroken = false;
      return round;
    } finally {
      client.release(isBroken);
    }
  }

  private async round(client: PoolClient, isAsked: boolean): Promise<Round> {
    const place = await begin(client);
    const idle = { settled: 0, left: 0, late: 0, lastId: null };
    const isQuiet = this.quiet?.client === client && place.visible === this.quiet.visible && !isAsked;
    const round: Round =
      place.isOurs && !isQuiet ? await settleFresh(client, place, isAsked) : Object.assign(idle, place);
    if (round.isOurs && round.left === 0) this.quiet = { client, visible: round.visible };
    await client.query("commit");
    this.note(round);
    return round;
  }

  /** Settles what one round could not: all of it is gathered once, and settled in its order, one part after the other. */
  private async drain(client: PoolClient, first: Round): Promise<void> {
    if (!(await takeTurn(client))) return;
    const total = first.settled + (await gather(client, await begin(client, true)));
    await client.query("commit");
    let toldAt = performance.now();
    let settled = first.settled;
    for (let after: string | null = "-1"; after !== null && settled < total;) {
      await begin(client, true);
      const round = await settleGathered(client, after);
      await client.query("commit");
      this.note(round);
      after = round.lastId;
      settled += round.settled;
      if (settled < total && performance.now() < toldAt + TOLD_EVERY_MS) continue;
      toldAt = performance.now();
      this.onBacklog(settled, total);
    }
    await client.query("drop table unsettled");
    await endTurn(client);
  }

  private note({ settledUntil, late }: Round): void {
    this.late += late;
    this.settledUntil = settledUntil;
  }
}
