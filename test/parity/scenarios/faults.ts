import { EntityNotFoundError, QueryFailedError, type DataSource } from "typeorm";
import { CourseMode } from "../../../src/entities/course-mode";
import { Refusal } from "../../../src/refusal";
import { decisionOf } from "./commands";
import type { Situation } from "./situation";

/** The caller that fails after all went well. */
export class Crash extends Error {}

/** The end of a group that takes everything with it, but for what its steps answered. */
export class GroupRaised extends Error {
  constructor(readonly outcomes: unknown[]) {
    super();
  }
}

/** Refusals that the original has an exception for. */
const REFUSALS: Partial<Record<string, { error: string; errorCause?: string }>> = {
  ENTITLEMENT_NOT_FOUND: { error: "DoesNotExist" },
  REFUND_FAILED: { error: "IntegrityError", errorCause: "raised-by-refund" },
};

/** The answer, or the error by the name that the original's has. */
export async function resultOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await work()) ?? null;
  } catch (error) {
    if (error instanceof GroupRaised) return error.outcomes;
    if (error instanceof Crash) return { error: "Crash" };
    if (error instanceof Refusal) return REFUSALS[error.code] ?? { error: "Refusal" };
    if (error instanceof EntityNotFoundError) return { error: "DoesNotExist" };
    // The original answers false when its enrollment reports an error.
    if (error instanceof QueryFailedError && error.message === "EnrollmentError") return false;
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
  if (["HistoryFault", "RuntimeError", "Crash"].includes(message)) return { error: message };
  if (code === "23505") return { error: "IntegrityError", errorCause: `unique:${columns}` };
  // PostgreSQL 18 tells a restricted deletion from a dangling reference.
  if (code === "23503" || code === "23001") return { error: "IntegrityError", errorCause: "foreign-key" };
  if (code === "23514") return { error: "CheckViolation" };
  if (code.startsWith("22")) return { error: "DataError" };
  return { error: message };
}

/** What breaks while a step is taken. */
interface Fault {
  breaks: boolean;
  table: string;
  trigger: string;
  message: string;
}

/**
 * Lets a step meet what the vector says goes wrong: the history that cannot be written, the run that cannot be taken,
 * the write after the enrollment's that fails, the caller that raises before the commit.
 */
export async function withFaults<T>(
  db: DataSource,
  situation: Situation,
  work: () => Promise<T>,
): Promise<T> {
  const { op } = situation;
  const decision = decisionOf(situation);
  // When the shop refuses, the caller has nothing to fail after.
  const isCrashing = decision !== null && !(decision.kind === "refunds" && !decision.isAccepted);
  const faults: Fault[] = [
    {
      breaks: op.historyFault === true,
      table: "historical_course_entitlement",
      trigger: "trigger parity_fault before insert",
      message: "HistoryFault",
    },
    {
      breaks: op.enrollFails?.endsWith("_after_write") === true,
      table: "course_entitlement",
      trigger: "trigger parity_fault before update",
      message: op.enrollFails === "crash_after_write" ? "RuntimeError" : "EnrollmentError",
    },
    {
      breaks: isCrashing && op.transaction === "raise-after",
      table: "course_entitlement",
      trigger: "constraint trigger parity_fault after update",
      message: "Crash",
    },
  ].filter(({ breaks }) => breaks);
  for (const { table, trigger, message } of faults)
    await db.query(`
      create or replace function parity_fault() returns trigger language plpgsql as
        $$ begin raise exception '${message}'; end $$;
      create ${trigger} on ${table} ${trigger.startsWith("constraint") ? "deferrable initially deferred" : ""}
        for each row execute function parity_fault()`);
  const modes = op.enrollFails === "not_allowed" ? await closeRun(db, op.run!) : [];
  try {
    return await work();
  } finally {
    for (const { table } of faults) await db.query(`drop trigger parity_fault on ${table}`);
    await db.manager.save(modes);
  }
}

async function closeRun({ manager }: DataSource, run: string): Promise<CourseMode[]> {
  const offered = { courseRunKey: run };
  const kept = await manager.findBy(CourseMode, offered);
  await manager.delete(CourseMode, offered);
  return kept;
}
