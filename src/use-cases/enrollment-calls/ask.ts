import type { EntityManager } from "typeorm";
import type { CourseEntitlement } from "../../entities/course-entitlement";
import { EnrollmentCall } from "../../entities/enrollment-call";
import { isOpenCall, isRepeat, LATE_IN_DEADLINES } from "../../rules/lms/enrollment-call-rules";
import { databaseNow } from "../../store/database-clock";
import { select, type Database } from "../../store/statement";
import { leaseEnd } from "../attempts/lease";
import type { CommandRequest } from "../command";

/** On whose behalf the LMS is asked: a command, which makes the calls after its transaction, or the system. */
export type Asking = Pick<CommandRequest, "app" | "now"> &
  Partial<Pick<CommandRequest, "calls" | "rehearsal">>;

/** The state into which the LMS is to bring an enrollment. */
export type Wish = Pick<EnrollmentCall, "id" | "mode" | "changeableModes" | "mayEnroll" | "entitlementId">;

/** How long a call of the LMS may take, in milliseconds. */
export function callDeadlineMs({ config }: Asking["app"]): number {
  return config.lms?.deadlineMs ?? 5_000;
}

/** How long the LMS may still process a request that it has not answered, in milliseconds. */
export function lateMs(app: Asking["app"]): number {
  return LATE_IN_DEADLINES * callDeadlineMs(app);
}

/** Whether a change of an enrollment has to be made by the LMS: our tables are not all there is, and it is no dry run. */
export function isAsked({ app, rehearsal }: Asking): boolean {
  return !app.openEdx.isEmbedded && !rehearsal;
}

/**
 * Records what the LMS is to do with an enrollment, in the transaction of the decision. It replaces an earlier wish for
 * the same enrollment, which may still take effect in the LMS for a while. An enrollment that the LMS was never asked for is
 * not ended or changed.
 */
export async function ask(tx: EntityManager, asking: Asking, wish: Wish): Promise<void> {
  if (!isAsked(asking)) return;
  const { app, now, calls } = asking;
  const earlier = await lockCall(tx, wish.id);
  const isOpen = earlier !== null && isOpenCall(earlier.state);
  if (isOpen && !wish.mayEnroll && wasNeverSent(earlier)) {
    const ended = { state: "DONE", nextAttemptAt: null, detail: null, retriedAt: null } as const;
    await tx.save(Object.assign(earlier, { ...wish, ...ended, createdAt: now, modifiedAt: now }));
    return;
  }
  // A call that was done or refused at a repeat may have an earlier request that is still on its way.
  const isRecent = earlier !== null && now.getTime() - earlier.modifiedAt.getTime() < lateMs(app);
  const mayBeLate = isOpen ? earlier.attempt > earlier.unsentTo : isRecent && isRepeat(earlier);
  // An enrollment that an open call was about to end is still ours, and so is one that an earlier request makes late, unless it
  // is in a mode that the call was to leave alone.
  const toEnd = isOpen && earlier.mode === null ? earlier.changeableModes : [];
  const isLeftAlone = earlier?.mode === null && !!wish.mode && !earlier.changeableModes.includes(wish.mode);
  const isOurs = (isOpen || mayBeLate) && !isLeftAlone;
  const attempt = (earlier?.attempt ?? 0) + 1;
  const call = await tx.save(
    tx.create(EnrollmentCall, {
      ...wish,
      changeableModes: [...new Set([...wish.changeableModes, ...toEnd])],
      state: "REQUESTED",
      attempt,
      nextAttemptAt: calls ? await leaseEnd(tx, callDeadlineMs(app)) : await databaseNow(tx),
      unsentTo: isOurs ? -1 : calls ? attempt - 1 : attempt,
      quietAt: mayBeLate ? await databaseNow(tx, lateMs(app)) : (earlier?.quietAt ?? null),
      detail: null,
      retriedAt: null,
      createdAt: now,
      modifiedAt: now,
    }),
  );
  calls?.push(call);
}

/**
 * Whether no attempt at enrolling a learner can have reached the LMS, so that there is nothing to end or to change: the
 * learner may hold an enrollment there that was bought meanwhile.
 */
function wasNeverSent({ mayEnroll, attempt, unsentTo }: EnrollmentCall): boolean {
  return mayEnroll && attempt <= unsentTo;
}

/**
 * When it was decided that the learner leaves the run, or that the entitlement is redeemed: for one that waits for the LMS,
 * when the LMS was first asked, and otherwise now.
 */
export async function decidedAt(
  db: Database,
  { pendingEnrollmentId }: Pick<CourseEntitlement, "pendingEnrollmentId">,
  now: Date,
): Promise<Date> {
  if (pendingEnrollmentId === null) return now;
  const [call] = await select<{ createdAt: Date }>(
    db,
    'select created_at as "createdAt" from enrollment_call where id = $1',
    [pendingEnrollmentId],
  );
  return call?.createdAt ?? now;
}

/** Locks the call of an enrollment; null when there is none. */
export function lockCall(tx: EntityManager, id: string): Promise<EnrollmentCall | null> {
  return tx.findOne(EnrollmentCall, { where: { id }, lock: { mode: "for_no_key_update" } });
}
