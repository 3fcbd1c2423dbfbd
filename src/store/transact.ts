import type { DataSource, EntityManager, QueryRunner } from "typeorm";

/** By which door a change came. */
export type ChangeSource = "API" | "JOB" | "CLI" | "IMPORT";

/** Who changes something, why, and by which door: written beside every change. */
export interface Change {
  /** The LMS user id; null for the system itself. */
  userId: string | null;
  /** The username, or `system`; it outlives the account. */
  userLabel: string;
  /** The operation, by its public name. */
  reason: string;
  source: ChangeSource;
  /** The request all changes of which belong together; also in the log. */
  requestId: string | null;
}

/** The only way to write: all of it or nothing, signed with who and why. */
export function transact<T>(
  db: DataSource,
  change: Change,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  return db.transaction((tx) => {
    tx.queryRunner!.data = { ...(tx.queryRunner!.data as object), change };
    return work(tx);
  });
}

/** Who and why of the transaction that a connection is in; undefined outside `transact()`. */
export function changeOf(queryRunner: QueryRunner): Change | undefined {
  return (queryRunner.data as { change?: Change }).change;
}
