import { QueryFailedError } from "typeorm";
import { Refusal } from "../refusal";

const RETRIES_AT_MOST = 3;
/** Serialization failure, deadlock, and a row that another transaction has just created or removed. */
const RACES: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23505", "23503", "23001"]);
const LOCK_TIMEOUT = "55P03";

/** Retries a transaction that lost a race against another one. Rejects with CONFLICT when a lock is not had in time. */
export async function retryRaces<T>(work: () => Promise<T>, retries = RETRIES_AT_MOST): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code =
      error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    if (code === LOCK_TIMEOUT)
      throw new Refusal("CONFLICT", "Another request is changing the same data. Try again.");
    if (retries === 0 || !RACES.has(code)) throw error;
    return retryRaces(work, retries - 1);
  }
}
