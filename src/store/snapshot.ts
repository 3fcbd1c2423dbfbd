import type { DataSource, EntityManager } from "typeorm";

/**
 * Reads one view of the whole database, for as long as it takes, while others go on to write. For commands, which read
 * whole tables. It can write nothing.
 */
export function inSnapshot<T>(db: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return db.transaction("REPEATABLE READ", async (tx) => {
    await tx.query(
      `set transaction read only;
       set local statement_timeout = 0;
       set local idle_in_transaction_session_timeout = 0`,
    );
    return work(tx);
  });
}
