import { Refusal } from "../refusal";
import { again, sqlStateOf } from "../store/again";

const LOCK_TIMEOUT = "55P03";

/**
 * Retries a transaction that lost a race against another one. Rejects with CONFLICT when it does not get a lock in
 * time.
 */
export function retryRaces<T>(work: () => Promise<T>): Promise<T> {
  return orConflict(again(work));
}

/** The result of a transaction. Rejects with CONFLICT when it has not got a lock in time. */
export async function orConflict<T>(transaction: Promise<T>): Promise<T> {
  try {
    return await transaction;
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_TIMEOUT) throw error;
    throw new Refusal("CONFLICT", "Another request is changing the same data. Try again.");
  }
}
