import type { EntityManager, EntityTarget } from "typeorm";
import type { App } from "../../app";

/** What a row of an outbox has, whatever it stands for. */
export interface Attempted {
  id: string;
  /** The current attempt, from 1. An earlier one that still speaks has been overtaken. */
  attempt: number;
  /**
   * Until then the current attempt may take, or the pause after it lasts, by PostgreSQL's clock; null when no more
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
  /** How long a call may take, in milliseconds: leases and pauses are multiples of it. */
  deadlineMs: (app: App) => number;
  /** Whether no calls are made just now; the sweep then leaves the rows as they are. */
  isPaused: (app: App) => boolean;
  /** By what a fault harness knows a row. */
  faultKey: (row: Row) => string;
  /** What becomes of a row that has been attempted for too long. */
  abandoned: Partial<Row>;
  /**
   * Makes the call once, within the deadline and outside any transaction. Null when there is nothing to be done: the
   * row is settled, gone, or another attempt owns it.
   */
  call: (app: App, row: Row, requestId: string | null) => Promise<Outcome | null>;
  /** Records the outcome and all that follows from it, in a transaction of its own. Null when the row is gone. */
  settle: (tx: EntityManager, app: App, attempted: Row, outcome: Outcome) => Promise<Row | null>;
}
