import { setInterval } from "node:timers";
import type { DataSource, EntityManager } from "typeorm";

const SAMPLES = 3;
const MEASURED_EVERY_MS = 30_000;
/** A measurement whose error may be greater than this does not replace an earlier one, in milliseconds. */
const ERROR_AT_MOST_MS = 100;

/**
 * PostgreSQL's clock, without a query for each use: its distance from the monotonic clock of this process is measured
 * at the start and regularly. Servers whose own clocks differ so decide at the same instants, and the instants that
 * they store agree with those of the history.
 */
export class DatabaseClock {
  /** From the monotonic clock to PostgreSQL's, in milliseconds; the clock of this machine until it is measured. */
  private distance = Date.now() - performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: DataSource) {}

  readonly now = (): Date => new Date(Math.floor(this.distance + performance.now()));

  /** Measures now, which may fail, and then regularly, until it is stopped; a measurement that fails changes nothing. */
  async start(): Promise<void> {
    await this.measure(Infinity);
    const again = () => void this.measure(ERROR_AT_MOST_MS).catch(() => undefined);
    this.timer = setInterval(again, MEASURED_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The fastest answer has the smallest error: at most half of the time that it took. */
  private async measure(wrongByAtMost: number): Promise<void> {
    let best = { wrongBy: wrongByAtMost, distance: this.distance };
    for (let taken = 0; taken < SAMPLES; taken++) {
      const sent = performance.now();
      const [row] = await this.db.query<[{ ms: number }]>(
        "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
      );
      const received = performance.now();
      const wrongBy = (received - sent) / 2;
      if (wrongBy < best.wrongBy) best = { wrongBy, distance: row.ms - (sent + received) / 2 };
    }
    this.distance = best.distance;
  }
}

/**
 * PostgreSQL's present instant, or the one so many milliseconds later. Leases and due times are set by it and compared
 * with it alone: the clocks of two servers may differ by more than a lease.
 */
export async function databaseNow(tx: EntityManager, afterMs = 0): Promise<Date> {
  const [row] = await tx.query<[{ at: Date }]>(
    "select date_trunc('milliseconds', clock_timestamp()) + $1 * interval '1 ms' as at",
    [afterMs],
  );
  return row.at;
}
