import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import { isOutdatedPlan } from "./statement";

/** How a change entered the system. */
export type ChangeSource = "API" | "JOB" | "CLI" | "IMPORT";

/** The author, the operation and the source of a change, which are stored with every change. */
export interface Change {
  /** The LMS user id; null for the system itself. */
  userId: string | null;
  /** The username, or `system`; it outlives the account. */
  userLabel: string;
  /** The role in which the user acts; null, or left out, for the system itself. */
  userRole?: string | null;
  /** The operation, by its public name. */
  reason: string;
  source: ChangeSource;
  /** The request all changes of which belong together; also in the log. */
  requestId: string | null;
}

/**
 * The only way to write: one transaction, signed with its author and its operation. The work is repeated once when a
 * migration has just changed what its statements return.
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

/** The author and operation of the transaction that a connection is in; undefined outside `transact()`. */
export function changeOf(queryRunner: QueryRunner): Change | undefined {
  return (queryRunner.data as { change?: Change }).change;
}
