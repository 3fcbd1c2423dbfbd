import type { ServerResponse } from "node:http";
import { limitKeyOf, type Actor } from "../auth/actor";
import { BadRequest } from "./body";

/** How many requests the server works on now, and how many wait for that. */
export interface Load {
  /** How many requests are worked on. */
  readonly inFlight: number;
  /** How many requests wait for their turn. */
  readonly waiting: number;
}

/** How many requests are worked on at once, how many more may wait for that, and for how long. */
interface Places {
  atOnce: number;
  waiting: number;
  waitMs: number;
}

/**
 * The places of a process. More at once would be answered no faster, as one process has one processor: they would only wait
 * where nobody can turn them away.
 */
export const IN_FLIGHT: Places = { atOnce: 32, waiting: 32, waitMs: 200 };
/**
 * The share of one actor, so that none can take all places with requests that only wait. A client that keeps 32 requests
 * open is slowed down and refused nothing, as its own requests have longer to wait for each other.
 */
export const OF_ONE_ACTOR: Places = { atOnce: 8, waiting: 24, waitMs: 2_000 };

/** A request that is refused because the server is busy. */
export class Overloaded extends Error {
  constructor() {
    super("The service is busy. Please try again in a moment.");
  }
}

/** Some places for work. Who comes when all are taken waits for one: first in, first out. */
class Gate implements Load {
  inFlight = 0;
  /** Each callback is called once and receives whether its request was let in. */
  private readonly queue = new Set<(isTurn: boolean) => void>();

  constructor(private readonly places: Places) {}

  get waiting(): number {
    return this.queue.size;
  }

  get isFull(): boolean {
    return this.inFlight >= this.places.atOnce;
  }

  /** Does the work of a request when its turn has come. Rejects with Overloaded, or as the work does. */
  async run<T>(client: ServerResponse, work: () => Promise<T>): Promise<T> {
    if (!(await this.turn(client))) throw new Overloaded(); // the client may have closed the connection
    try {
      return await work();
    } finally {
      const [next] = this.queue;
      if (next) next(true);
      else this.inFlight--;
    }
  }

  private turn(client: ServerResponse): boolean | Promise<boolean> {
    if (!this.isFull) {
      this.inFlight++;
      return true;
    }
    if (this.queue.size >= this.places.waiting) return false;
    return new Promise((resolve) => {
      const settle = (isTurn: boolean) => {
        clearTimeout(timer);
        client.off("close", leave);
        this.queue.delete(settle);
        resolve(isTurn);
      };
      const leave = () => settle(false);
      const timer = setTimeout(leave, this.places.waitMs);
      client.once("close", leave);
      this.queue.add(settle);
    });
  }
}

/**
 * Lets few requests in at once, and of one actor no more than a share, and refuses what would have to wait for long, so that
 * those let in are answered soon. A request is in flight until its work has ended, whether its client is still there or not.
 */
export class InFlightLimiter implements Load {
  private readonly all = new Gate(IN_FLIGHT);
  /** The shares of the actors who have requests here. */
  private readonly shares = new Map<string, Gate>();

  get inFlight(): number {
    return this.all.inFlight;
  }

  get waiting(): number {
    return [...this.shares.values()].reduce((sum, { waiting }) => sum + waiting, this.all.waiting);
  }

  /**
   * Finds out who sends a request when its turn has come, and does its work. Services, which act for many learners, and
   * requests without a token have no share. Rejects with Overloaded, BadRequest, or as the identification or the work does.
   */
  async run<T>(
    client: ServerResponse,
    identify: () => Promise<Actor | null>,
    work: (actor: Actor | null) => Promise<T>,
  ): Promise<T> {
    const first = await this.all.run<{ answer: T } | { actor: Actor }>(client, async () => {
      const actor = await identify();
      if (!actor || actor.isService) return { answer: await work(actor) };
      if (this.shares.get(limitKeyOf(actor))?.isFull) return { actor };
      return { answer: await this.inShare(actor, client, () => work(actor)) };
    });
    if ("answer" in first) return first.answer;
    const { actor } = first; // others have its place while it waits for those of the same actor
    return this.inShare(actor, client, () => this.all.run(client, () => work(actor)));
  }

  private async inShare<T>(actor: Actor, client: ServerResponse, work: () => Promise<T>): Promise<T> {
    const key = limitKeyOf(actor);
    const share = this.shares.get(key) ?? new Gate(OF_ONE_ACTOR);
    this.shares.set(key, share);
    let isIn = false;
    try {
      return await share.run(client, () => {
        isIn = true;
        return work();
      });
    } catch (error) {
      if (isIn) throw error;
      client.setHeader("retry-after", "1");
      throw new BadRequest(429, "Too many of your requests are in work. Send fewer at once.", "RATE_LIMITED");
    } finally {
      if (share.inFlight === 0 && share.waiting === 0) this.shares.delete(key);
    }
  }
}
