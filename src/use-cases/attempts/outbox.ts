import type { EntityManager, EntityTarget } from "typeorm";
import type { App } from "../../app";

/** The fields that every outbox row has. */
export interface Attempted {
  id: string;
  /** The number of the current attempt, from 1. The answer to an earlier attempt is ignored. */
  attempt: number;
  /**
   * The instant, by PostgreSQL's clock, at which the current attempt or the pause after it ends; null when no more
   * attempts are made.
   */
  nextAttemptAt: Date | null;
  createdAt: Date;
  modifiedAt: Date;
}

/**
 * A table whose rows are calls to another system, each to be made until its outcome is known: by the request that has
 * stored the row, and after that by the sweep of any process.
 */
export interface Outbox<Row extends Attempted, Outcome> {
  entity: EntityTarget<Row>;
  /** When attempts for a row end, in milliseconds since 1970. */
  endsAt: (row: Row) => number;
  /** How long a call may take, in milliseconds: leases and pauses are multiples of it. */
  deadlineMs: (app: App) => number;
  /** Whether no calls are made just now; the sweep then leaves the rows as they are. */
  isPaused: (app: App) => boolean;
  /** The name by which a fault harness identifies a row. */
  faultKey: (row: Row) => string;
  /** The changes to a row that has been attempted for too long. */
  abandoned: Partial<Row>;
  /**
   * Makes the call once, within the deadline and outside any transaction. Null when there is nothing to be done: the
   * row is settled, gone, or another attempt owns it.
   */
  call: (app: App, row: Row, requestId: string | null) => Promise<Outcome | null>;
  /** Records the outcome and all that follows from it, in a transaction of its own. Null when the row is gone. */
  settle: (tx: EntityManager, app: App, attempted: Row, outcome: Outcome) => Promise<Row | null>;
}
