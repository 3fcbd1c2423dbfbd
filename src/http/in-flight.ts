import type { ServerResponse } from "node:http";

/** How many requests the server works on now, and how many wait for that. */
export interface Load {
  /** How many requests are worked on. */
  readonly inFlight: number;
  /** How many requests wait for their turn. */
  readonly waiting: number;
}

/**
 * How many requests are worked on at once, how many more may wait for that, and for how long. More at once would be
 * answered no faster, as one process has one processor: they would only wait where nobody can turn them away.
 */
export const IN_FLIGHT = { atOnce: 32, waiting: 32, waitMs: 200 };

/** A request that is refused because the server is busy. */
export class Overloaded extends Error {
  constructor() {
    super("The service is busy. Please try again in a moment.");
  }
}

/**
 * Lets few requests in at once and refuses what would have to wait for long, so that those let in are answered soon.
 * A request is in flight until its work has ended, whether its client is still there or not.
 */
export class InFlightLimiter implements Load {
  inFlight = 0;
  /** First in, first out. Each callback is called once and receives whether its request was let in. */
  private readonly queue = new Set<(isTurn: boolean) => void>();

  get waiting(): number {
    return this.queue.size;
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
    if (this.inFlight < IN_FLIGHT.atOnce) {
      this.inFlight++;
      return true;
    }
    if (this.queue.size >= IN_FLIGHT.waiting) return false;
    return new Promise((resolve) => {
      const settle = (isTurn: boolean) => {
        clearTimeout(timer);
        client.off("close", leave);
        this.queue.delete(settle);
        resolve(isTurn);
      };
      const leave = () => settle(false);
      const timer = setTimeout(leave, IN_FLIGHT.waitMs);
      client.once("close", leave);
      this.queue.add(settle);
    });
  }
}
