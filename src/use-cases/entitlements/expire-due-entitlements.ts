import { QueryFailedError, type EntityManager } from "typeorm";
import type { App } from "../../app";
import { CourseEntitlement } from "../../entities/course-entitlement";
import { writeSet } from "../../history/write-set";
import {
  DUE_CAUSE,
  dueEntitlements,
  type DueCause,
  type DueScope,
} from "../../reads/decisions/due-entitlements";
import { decisionParameters } from "../../reads/decisions/expired";
import { systemCommand } from "../system-command";
import type { Periods } from "../../rules/entitlement-rules";
import type { Key } from "../../store/rows/page";
import { sqlStateOf } from "../../store/again";
import { select } from "../../store/statement";
import { transact, type Change, type ChangeSource } from "../../store/transact";

/** The position of a sweep: everything before it is done. */
export interface SweepPlace {
  scope: DueScope;
  after: Key | null;
}

/** The options of a sweep. */
export interface Sweep {
  source: ChangeSource;
  /** The request id that all its changes share. */
  requestId: string | null;
  /** Whether to report what is due without changing it. */
  isDryRun?: boolean;
  /** The ids of entitlements that are left as they are, although they are due. */
  spares?: ReadonlySet<string>;
  /** Where an earlier sweep stopped; the start when absent. */
  from?: SweepPlace | null;
  /** Checked after every batch. */
  shouldStop?: () => boolean;
  onProgress?: (report: SweepReport) => void;
}

/** The result of a sweep. */
export interface SweepReport {
  /** How many entitlements are due, by the cause of their expiration. */
  due: Record<DueCause, number>;
  /** How many entitlements have been expired. */
  expired: number;
  /** The entitlements that the database refused to change; all others were changed. */
  failed: { id: string; reason: string }[];
  /** Where the next sweep continues; null at the end. */
  next: SweepPlace | null;
}

type World = Pick<App, "config" | "db" | "clock">;

/** Small enough that no other request waits noticeably for its locks. */
const BATCH = 1_000;
const NEXT_SCOPE: Record<DueScope, DueScope | null> = { UNUSED: "REDEEMED", REDEEMED: null };

/**
 * Stores the expiry of the entitlements that have expired by the rules, in batches of one transaction each. Any number
 * of processes may run it at once: no entitlement is expired twice, nothing waits, and an entitlement that another
 * transaction is changing is left for the next sweep. One that the database refuses to change is reported and stops
 * none of the others.
 */
export const expireDueEntitlements = systemCommand(
  "expireDueEntitlements",
  async (sign, app: World, sweep: Sweep): Promise<SweepReport> => {
    const report: SweepReport = {
      due: { EXPIRATION_PERIOD_OVER: 0, CERTIFICATE_EARNED: 0, REGAIN_PERIOD_OVER: 0 },
      expired: 0,
      failed: [],
      next: sweep.from ?? { scope: "UNUSED", after: null },
    };
    while (report.next && !sweep.shouldStop?.()) {
      const { scope, after } = report.next;
      const now = app.clock();
      const batch = await dueEntitlements(app.db, scope, app.config.defaultPeriods, now, {
        after,
        limit: BATCH,
      });
      const due = batch.due.filter(({ id }) => !sweep.spares?.has(id));
      for (const { cause } of due) report.due[cause]++;
      const ids = sweep.isDryRun ? [] : due.map(({ id }) => id);
      await expire(app, sign(sweep.source, sweep.requestId), ids, now, report);
      const nextScope = batch.next ? scope : NEXT_SCOPE[scope];
      report.next = nextScope && { scope: nextScope, after: batch.next };
      if (batch.due.length > 0) sweep.onProgress?.(report);
    }
    return report;
  },
);

/** All in one transaction; where that fails, each half in one of its own, down to the rows that are at fault. */
async function expire(
  app: World,
  change: Change,
  ids: readonly string[],
  now: Date,
  report: SweepReport,
): Promise<void> {
  if (ids.length === 0) return;
  try {
    const expired = await transact(app.db, change, (tx) =>
      expireDue(tx, ids, app.config.defaultPeriods, now),
    );
    report.expired += expired.length;
  } catch (error) {
    if (!mayBeARowsFault(error)) throw error;
    const half = ids.length >> 1;
    if (half === 0) return void report.failed.push({ id: ids[0]!, reason: error.message });
    await expire(app, change, ids.slice(0, half), now, report);
    await expire(app, change, ids.slice(half), now, report);
  }
}

/**
 * Expires those that are still due, and returns their ids. Rows that another transaction has locked are skipped, so
 * that it never waits; the others are checked once more when they can no longer change.
 */
export async function expireDue(
  tx: EntityManager,
  ids: readonly string[],
  defaultPeriods: Periods,
  now: Date,
): Promise<string[]> {
  const locked = await select<{ id: string }>(
    tx,
    "select id from course_entitlement where id = any($1) for no key update skip locked",
    [ids],
  );
  return writeSet(
    tx,
    CourseEntitlement,
    `update course_entitlement e set expired_at = $1, expiry_cause = 'LAPSED', modified_at = $1
     where e.id = any($5) and e.expired_at is null and ${DUE_CAUSE} is not null
     returning e.*`,
    [...decisionParameters(defaultPeriods, now), locked.map(({ id }) => id)],
  );
}

/** Any error that PostgreSQL reports for a statement, except a lost connection, a full disk and the like. */
function mayBeARowsFault(error: unknown): error is QueryFailedError {
  if (!(error instanceof QueryFailedError)) return false;
  const code = sqlStateOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P|58|XX)/.test(code);
}
