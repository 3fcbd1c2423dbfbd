import { CourseEntitlement } from "../entities/course-entitlement";
import {
  CourseEntitlementSupportDetail,
  type SupportAction,
} from "../entities/course-entitlement-support-detail";
import type { Change, ChangeSource } from "../store/transact";
import { POLICY_IDS, USER_IDS, type Username } from "./cast";
import { courseUuid, daysFrom, runKey } from "./catalog";
import { EXAMPLES, type Example } from "./examples";
import type { Moment } from "./past";

/** An example with its place in the table, from which its ids follow. */
export type Numbered = Example & { number: number };

/** All examples. */
export const numbered = (): Numbered[] =>
  EXAMPLES.map((example, place) => Object.assign({ number: place + 1 }, example));

/** The id of a row of an example; the letter tells the kind of the row. */
export const idOf = (kind: string, number: number) =>
  `${kind}0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
/** The instant so many days ago. */
export const ago = (now: Date, days: number) => daysFrom(now, -days);
/** The LMS user id of the learner of an example. */
export const learnerOf = ({ learner = "ada" }: Example) => USER_IDS[learner];

/** A step of an entitlement's life: when, what changed, and who did it. */
interface Step {
  ago: number;
  row: Partial<CourseEntitlement>;
  by: Change;
}

/** By which command each action of an agent was stored. */
const COMMANDS: Partial<Record<SupportAction, string>> = {
  CREATE: "grantEntitlement",
  EXPIRE: "expireEntitlement",
  REISSUE: "reissueEntitlement",
  LOCK_REFUND: "setRefundLock",
  UNLOCK_REFUND: "setRefundLock",
};

/** The number of the shop's order; null when there is none. */
export const orderNumberOf = ({ number, order }: Numbered) =>
  order === null ? null : `EDX-${1000 + number}${order ?? ""}`;

/** The roles of those who are no learners. */
const ROLES: Partial<Record<Username, string>> = { grace: "SUPPORT", hopper: "STAFF", shop: "SERVICE" };

/** Who did something, and by which command. */
export function signed(who: Username | "system", reason: string, source: ChangeSource = "API"): Change {
  const userId = who === "system" ? null : USER_IDS[who];
  const userRole = who === "system" ? null : (ROLES[who] ?? "LEARNER");
  return { userId, userLabel: who, userRole, reason, source, requestId: `demo-${reason}` };
}

function endedBy(cause: CourseEntitlement["expiryCause"], learner: Username): Change {
  switch (cause) {
    case "LAPSED":
      return signed("system", "expireDueEntitlements", "JOB");
    case "SUPPORT":
      return signed("grace", "expireEntitlement");
    case "REVOKED":
      return signed("shop", "revokeEntitlement");
    case "REFUNDED":
      return signed(learner, "unenrollAndRefund");
    case null:
      return signed("system", "importEntitlements", "IMPORT");
  }
}

/** What grace did; where nothing else has happened, she has looked into the payment. */
function supportOf({ created, spent, expired, support = [] }: Example): NonNullable<Example["support"]> {
  if (spent || expired || support.some(([action]) => action !== "CREATE")) return support;
  const part = (share: number) => Math.round(created * 24 * share) / 24;
  return [
    ...support,
    ["LOCK_REFUND", part(2 / 3), "The bank asks about the payment."],
    ["UNLOCK_REFUND", part(1 / 3), "The payment is in order."],
  ];
}

/** The life of an entitlement, in the order of time. */
function stepsOf(example: Numbered, now: Date): Step[] {
  const { number, created, spent, left, expired, refund, learner = "ada", order } = example;
  const support = supportOf(example);
  const isGranted = order === null || support.some(([action]) => action === "CREATE");
  const redeem = (days: number): Step => ({
    ago: days,
    row: { enrollmentId: idOf("a", number), redeemedAt: ago(now, days) },
    by: signed(learner, "enrollAndFulfill"),
  });
  const steps: Step[] = [
    {
      ago: created,
      row: {},
      by: isGranted ? signed("grace", "grantEntitlement") : signed("shop", "fulfillOrder"),
    },
  ];
  if (left) steps.push(redeem(left));
  if (spent) steps.push(redeem(spent.ago));
  const isRefunded = !expired && refund?.state === "SUCCEEDED";
  const end = isRefunded ? { ago: refund.ago, cause: "REFUNDED" as const } : expired;
  if (end) {
    const out = end.cause === "REFUNDED" ? { enrollmentId: null, redeemedAt: null } : {};
    steps.push({
      ago: end.ago,
      row: { ...out, expiredAt: ago(now, end.ago), expiryCause: end.cause },
      by: endedBy(end.cause, learner),
    });
  }
  for (const [action, days] of support) {
    const by = signed("grace", COMMANDS[action] ?? action);
    if (action === "LOCK_REFUND" || action === "UNLOCK_REFUND")
      steps.push({ ago: days, row: { refundLocked: action === "LOCK_REFUND" }, by });
    if (action === "REISSUE") {
      const fresh = { enrollmentId: null, redeemedAt: null, expiredAt: null, expiryCause: null };
      steps.push({ ago: days, row: { ...fresh, refundLocked: example.isRefundLocked ?? false }, by });
    }
  }
  return steps.toSorted((one, other) => other.ago - one.ago);
}

/** What an entitlement was like from its creation on. */
export function entitlementStory(example: Numbered, now: Date): Moment<CourseEntitlement>[] {
  const { number, course = number, mode = "verified", policy = "site", created } = example;
  let row: CourseEntitlement = {
    id: idOf("e", number),
    userId: learnerOf(example),
    courseUuid: courseUuid(course),
    mode,
    orderNumber: orderNumberOf(example),
    refundLocked: false,
    expiredAt: null,
    expiryCause: null,
    redeemedAt: null,
    renewedAt: null,
    createdAt: ago(now, created),
    modifiedAt: ago(now, created),
    policyId: policy === "none" ? null : POLICY_IDS[policy],
    enrollmentId: null,
    pendingEnrollmentId: null,
  };
  return stepsOf(example, now).map((step) => {
    const at = ago(now, step.ago);
    row = Object.assign({}, row, step.row, { modifiedAt: at });
    return { at, entity: CourseEntitlement, row, by: step.by };
  });
}

/** What agents have written about an entitlement. */
export function supportStory(example: Numbered, now: Date): Moment<CourseEntitlementSupportDetail>[] {
  const { number, course = number } = example;
  return supportOf(example).map(([action, days, comments], place) => {
    const at = ago(now, days);
    const row: CourseEntitlementSupportDetail = {
      id: idOf("d", 10 * number + place),
      entitlementId: idOf("e", number),
      supportUserId: USER_IDS.grace,
      action,
      comments,
      unenrolledRunKey: action === "REISSUE" ? runKey(course, "open") : null,
      createdAt: at,
      modifiedAt: at,
    };
    return {
      at,
      entity: CourseEntitlementSupportDetail,
      row,
      by: signed("grace", COMMANDS[action] ?? action),
    };
  });
}
