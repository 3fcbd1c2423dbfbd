import { DatabaseError } from "pg";
import { QueryFailedError } from "typeorm";

const RETRIES_AT_MOST = 3;
/** Serialization failure, deadlock, and what somebody else has just created or removed: it looks again. */
const RACES: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23505", "23503", "23001"]);

/** Does a transaction anew, at most 3 times, when it was undone because it met another one. */
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
