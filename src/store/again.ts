import { DatabaseError } from "pg";
import { QueryFailedError } from "typeorm";

const RETRIES_AT_MOST = 3;
/**
 * Serialization failures, deadlocks, and rows that another transaction has just created or removed: a retry sees the
 * new state.
 */
const RACES: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23505", "23503", "23001"]);

/** Runs a transaction, and runs it again, at most 3 times, when it was rolled back because of another transaction. */
export async function again<T>(work: () => Promise<T>, retries = RETRIES_AT_MOST): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (retries === 0 || !RACES.has(sqlStateOf(error))) throw error;
    return again(work, retries - 1);
  }
}

/** The code that PostgreSQL has refused a statement with; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof QueryFailedError) return (error.driverError as { code?: string }).code;
  return error instanceof DatabaseError ? error.code : undefined;
}
