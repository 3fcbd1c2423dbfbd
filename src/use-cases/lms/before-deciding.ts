import { standingOf } from "../../reads/decisions/choosing";
import type { UserFacts } from "../../reads/accounts/users";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { enrollmentsById } from "../../reads/enrollments";
import { runsByKey } from "../../reads/finding/courses";
import { redeemedRunsOfCourse } from "../../reads/lms/recorded-enrollment";
import { Refusal } from "../../refusal";
import { redeemBlocker, refundBlocker, regainBlocker } from "../../rules/entitlement-rules";
import { isFresh, isServable } from "../../rules/lms/freshness-rules";
import type { CommandRequest } from "../command";
import { visibleEntitlement, type OwnReference } from "../locked-entitlement";
import { knowLearners } from "./known-learners";
import {
  hasSeen,
  lookAtCertificate,
  lookAtEnrollments,
  lookAtLiveRun,
  lookAtRedeemed,
  lookUpRun,
} from "./looks";

/** What a decision about an entitlement is about to ask of the LMS. */
export interface Deciding {
  facts: EntitlementFacts;
  /** When all looks must have ended, by `performance.now()`. */
  endsAt: number;
}

/**
 * Begins to look at what a command decides over. Null where nothing is to be looked at: the LMS is not another system, the
 * caller may not see the entitlement, or nobody needs to be asked who knows better than we do.
 */
export async function deciding(request: CommandRequest, reference: OwnReference): Promise<Deciding | null> {
  if (request.app.openEdx.isEmbedded) return null;
  await knowLearners(request, [reference]);
  const facts = await visibleEntitlement(request.app.db, request, reference);
  return facts && { facts, endsAt: lookingEnds(request) };
}

/**
 * Begins to look at what redeeming an entitlement decides over, like `deciding`. Of one that is redeemed, the enrollment is
 * looked at first: the learner may have left it in the LMS, and then it can be redeemed again.
 */
export async function decidingToRedeem(
  request: CommandRequest,
  reference: OwnReference,
): Promise<Deciding | null> {
  const about = await deciding(request, reference);
  if (!about?.facts.enrollment?.isActive || about.facts.expiredAt) return about;
  await lookAtCurrent(request, about);
  const facts = await visibleEntitlement(request.app.db, request, reference);
  return facts && { ...about, facts };
}

/** When the looks of a command that begins now must have ended, by `performance.now()`. */
export function lookingEnds({ app }: CommandRequest): number {
  return performance.now() + (app.config.lms?.deadlineMs ?? 0);
}

/**
 * Looks at a run that a learner wants, and at the enrollment there; refuses as `lookAtRunFor` does. A run that is already
 * chosen is not looked at.
 */
export async function lookAtWanted(request: CommandRequest, about: Deciding, key: string): Promise<void> {
  const { facts } = about;
  if (isChosenRun(about, key)) return;
  const isUseful = (courseUuid: string) => Promise.resolve(courseUuid === facts.courseUuid);
  await lookAtRunFor(request, { ...learnerOf(facts), endsAt: about.endsAt, isUseful }, key);
}

/** Whether a run is the one that an entitlement is redeemed for, or that the LMS is asked for. */
export function isChosenRun({ facts }: Deciding, courseRunKey: string): boolean {
  return courseRunKey === (facts.pendingRunKey ?? facts.enrollment?.courseRunKey);
}

/** A learner who wants a run. */
interface Wanting extends UserFacts {
  endsAt: number;
  /** Whether the learner has something to redeem for a run of a course. */
  isUseful: (courseUuid: string) => Promise<boolean>;
}

/**
 * Looks at a run, and at the learner's enrollment there. Without an answer, what is stored decides: the LMS is asked again
 * before anything is changed there. Refuses where what is stored of the run is too old for that.
 */
export async function lookAtRunFor(
  { app, now }: CommandRequest,
  { endsAt, isUseful, ...learner }: Wanting,
  key: string,
): Promise<void> {
  let [run] = await runsByKey(app.db, [key]);
  if (!run?.courseUuid) {
    await hasSeen(app, endsAt, lookUpRun(app, key));
    [run] = await runsByKey(app.db, [key]);
  }
  // Nobody can make the LMS busy with runs that are of no use.
  if (!run?.courseUuid || !(await isUseful(run.courseUuid))) return;
  const [isSeen] = await Promise.all([
    hasSeen(app, endsAt, lookAtLiveRun(app, key)),
    hasSeen(app, endsAt, lookAtEnrollments(app, learner, key)),
  ]);
  if (!isSeen && !isServable(run.seenAt, now))
    throw new Refusal("LMS_UNAVAILABLE", "The LMS does not tell now what it knows of the run. Try again.", {
      field: "courseRunKey",
    });
}

/** Looks at the enrollment for which an entitlement is redeemed: the learner may have left it in the LMS. */
export async function lookAtCurrent({ app }: CommandRequest, { facts, endsAt }: Deciding): Promise<void> {
  if (!facts.enrollment?.isActive) return;
  await hasSeen(app, endsAt, lookAtRedeemed(app, learnerOf(facts), facts.enrollment.courseRunKey));
}

/**
 * Looks at the enrollments for which a learner's entitlements of a run's course are redeemed: one that was left in the LMS can
 * be redeemed for the run.
 */
export async function lookAtAllRedeemed(
  { app }: CommandRequest,
  learner: UserFacts,
  endsAt: number,
  courseRunKey: string,
): Promise<void> {
  const runs = await redeemedRunsOfCourse(app.db, { userId: learner.id, courseRunKey });
  await Promise.all(runs.map((run) => hasSeen(app, endsAt, lookAtRedeemed(app, learner, run))));
}

/**
 * Looks at the enrollment of an earlier state of an entitlement, and reconciles it: the learner may have bought the run in
 * the LMS since.
 */
export async function lookAtFormer(
  { app }: CommandRequest,
  { facts, endsAt }: Deciding,
  enrollmentId: string,
): Promise<void> {
  if (enrollmentId === facts.enrollment?.id) return;
  const [former] = await enrollmentsById(app.db, [enrollmentId]);
  // It may be that of the learner before a transfer.
  if (former) await hasSeen(app, endsAt, lookAtRedeemed(app, { id: former.userId }, former.courseRunKey));
}

/** Whether an entitlement could be redeemed for a run, so that it matters what the LMS says of the run. */
export function couldBeRedeemed({ app, now }: CommandRequest, { facts }: Deciding): boolean {
  return redeemBlocker(standingOf(facts), facts.policy ?? app.config.defaultPeriods, now) === null;
}

/** Whether the run of an entitlement could be left or changed, unless there is a certificate for it. */
export function couldBeRegained({ app, now }: CommandRequest, { facts }: Deciding): boolean {
  return isOpen(regainBlocker(standingOf(facts), facts.policy ?? app.config.defaultPeriods, now));
}

/** Whether a certificate, which may have been earned or revoked meanwhile, decides. */
function isOpen(blocker: string | null): boolean {
  return blocker === null || blocker === "CERTIFICATE_EARNED";
}

/** Looks at the certificate where it decides whether a learner can leave a run; refuses when it is not known whether there is one. */
export function lookBeforeRegain(request: CommandRequest, about: Deciding): Promise<void> {
  return lookWhere(request, about, regainBlocker);
}

/** Looks at the certificate for the run of an entitlement, which always decides; refuses when it is not known whether there is one. */
export function lookBeforeMove(request: CommandRequest, about: Deciding): Promise<void> {
  return lookWhere(request, about, () => null);
}

/** Looks at the certificate where it decides whether an order can be refunded; refuses when it is not known whether there is one. */
export function lookBeforeRefund(request: CommandRequest, about: Deciding): Promise<void> {
  return lookWhere(request, about, refundBlocker);
}

/** Looks at the certificate where a rule leaves the decision to it; refuses when it is not known whether there is one. */
export async function lookWhere(
  { app, now }: CommandRequest,
  { facts, endsAt }: Deciding,
  blockerOf: (...standing: Parameters<typeof refundBlocker>) => string | null,
): Promise<void> {
  const blocker = blockerOf(standingOf(facts), facts.policy ?? app.config.defaultPeriods, now);
  if (!facts.enrollment?.isActive || !isOpen(blocker)) return;
  const { courseRunKey, certificateSeenAt } = facts.enrollment;
  if (await hasSeen(app, endsAt, lookAtCertificate(app, learnerOf(facts), courseRunKey))) return;
  if (isFresh("certificate", certificateSeenAt, now)) return;
  throw new Refusal(
    "LMS_UNAVAILABLE",
    "The LMS does not tell now whether the learner has a certificate for the run. Try again.",
    { field: "entitlementId" },
  );
}

/** The learner of an entitlement; the live tables always have the account. */
function learnerOf({ userId, username }: EntitlementFacts): UserFacts {
  return { id: userId, username: username! };
}
