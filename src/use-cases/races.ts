import { Refusal } from "../refusal";
import { again, sqlStateOf } from "../store/again";

const LOCK_TIMEOUT = "55P03";

/** Retries a transaction that lost a race against another one. Rejects with CONFLICT when a lock is not had in time. */
export function retryRaces<T>(work: () => Promise<T>): Promise<T> {
  return orConflict(again(work));
}

/** What a transaction results in. Rejects with CONFLICT when it has not had a lock in time. */
export async function orConflict<T>(transaction: Promise<T>): Promise<T> {
  try {
    return await transaction;
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_TIMEOUT) throw error;
    throw new Refusal("CONFLICT", "Another request is changing the same data. Try again.");
  }
}
