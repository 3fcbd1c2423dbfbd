import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { again } from "./again";
import { transact, type Change } from "./transact";

const RETRIES_FOR_MS = 5_000;

/**
 * Like `transact()`, for work whose caller must know whether it was done: when the answer to COMMIT is lost, it asks
 * PostgreSQL what became of the transaction. One that met another transaction is done again.
 */
export function transactSurely<T>(
  db: DataSource,
  change: Change,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  return again(async () => {
    let ended: { xid: string | null; result: T } | undefined;
    try {
      return await transact(db, change, async (tx) => {
        const result = await work(tx);
        const [row] = await tx.query<[{ xid: string | null }]>(
          "select pg_current_xact_id_if_assigned()::text as xid",
        );
        ended = { xid: row.xid, result };
        return result;
      });
    } catch (error) {
      const lost = ended;
      if (lost?.xid && (await hasCommitted(db, lost.xid, error))) return lost.result;
      throw error;
    }
  });
}

/** Rejects with `failure` when that cannot be found out. */
async function hasCommitted(db: DataSource, xid: string, failure: unknown): Promise<boolean> {
  for (const deadline = Date.now() + RETRIES_FOR_MS; ; await sleep(50)) {
    const status = await db
      .query<[{ status: string | null }]>("select pg_xact_status($1::xid8) as status", [xid])
      .then(([row]) => row.status)
      .catch(() => "in progress"); // PostgreSQL may be coming back
    if (status !== "in progress") return status === "committed";
    if (Date.now() > deadline) throw failure;
  }
}
