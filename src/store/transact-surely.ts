import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { transact, type Change } from "./transact";

const TRIES = 3;
const RETRIED = new Set(["40001", "40P01"]);
const ASKS_FOR_MS = 5_000;

/**
 * Like `transact()`, for work whose caller must know whether it was done: when the answer to COMMIT is lost, it asks
 * PostgreSQL what became of the transaction. Deadlocks and serialization faults are tried again, at most 3 times.
 */
export async function transactSurely<T>(
  db: DataSource,
  change: Change,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
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
      const { driverError } = error as { driverError?: { code?: string } };
      if (tries === TRIES || !RETRIED.has(driverError?.code ?? "")) throw error;
    }
  }
}

/** Rejects with `failure` when that cannot be found out. */
async function hasCommitted(db: DataSource, xid: string, failure: unknown): Promise<boolean> {
  for (const deadline = Date.now() + ASKS_FOR_MS; ; await sleep(50)) {
    const status = await db
      .query<[{ status: string | null }]>("select pg_xact_status($1::xid8) as status", [xid])
      .then(([row]) => row.status)
      .catch(() => "in progress"); // PostgreSQL may be coming back
    if (status !== "in progress") return status === "committed";
    if (Date.now() > deadline) throw failure;
  }
}
