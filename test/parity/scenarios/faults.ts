import { QueryFailedError, type DataSource } from "typeorm";
import { Refusal } from "../../../src/refusal";

/** The caller that fails after all went well. */
export class Crash extends Error {}

/** The end of a group that takes everything with it, but for what its steps answered. */
export class GroupRaised extends Error {
  constructor(readonly outcomes: unknown[]) {
    super();
  }
}

/** The answer, or the error by the name that the original's has. */
export async function resultOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await work()) ?? null;
  } catch (error) {
    if (error instanceof GroupRaised) return error.outcomes;
    if (error instanceof Crash) return { error: "Crash" };
    if (error instanceof Refusal) return { error: error.code };
    if (error instanceof QueryFailedError) return databaseError(error.driverError as DriverError);
    throw error;
  }
}

interface DriverError {
  code: string;
  detail?: string;
  message: string;
}

function databaseError({ code, detail, message }: DriverError): { error: string; errorCause?: string } {
  const columns = /^Key \((.*)\)=/.exec(detail ?? "")?.[1]?.replaceAll(" ", "");
  if (message.includes("HistoryFault")) return { error: "HistoryFault" };
  if (code === "23505") return { error: "IntegrityError", errorCause: `unique:${columns}` };
  // PostgreSQL 18 tells a restricted deletion from a dangling reference.
  if (code === "23503" || code === "23001") return { error: "IntegrityError", errorCause: "foreign-key" };
  if (code === "23514") return { error: "CheckViolation" };
  if (code.startsWith("22")) return { error: "DataError" };
  return { error: message };
}

/** From now on no history of an entitlement can be written. */
export async function breakHistory(db: DataSource): Promise<void> {
  await db.query(`
    create or replace function parity_fault() returns trigger language plpgsql as
      $$ begin raise exception 'HistoryFault'; end $$;
    create trigger parity_fault before insert on historical_course_entitlement
      for each statement execute function parity_fault()`);
}

/** Undoes `breakHistory`. */
export async function mendHistory(db: DataSource): Promise<void> {
  await db.query("drop trigger parity_fault on historical_course_entitlement");
}
