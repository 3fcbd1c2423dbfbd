import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import { isOutdatedPlan } from "./statement";

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

/**
 * The only way to write: all of it or nothing, signed with who and why. The work is done anew, once, where a migration
 * has just changed what its statements return.
 */
export async function transact<T>(
  db: DataSource,
  change: Change,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const attempt = () =>
    db.transaction((tx) => {
      tx.queryRunner!.data = { ...(tx.queryRunner!.data as object), change };
      return work(tx);
    });
  try {
    return await attempt();
  } catch (error) {
    if (!isOutdatedPlan(error)) throw error;
    return attempt();
  }
}

/** Who and why of the transaction that a connection is in; undefined outside `transact()`. */
export function changeOf(queryRunner: QueryRunner): Change | undefined {
  return (queryRunner.data as { change?: Change }).change;
}
