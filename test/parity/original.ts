import type { PolicyInput, PolicyAnswers, Unanswered } from "./vectors";

/**
 * What the original answers, restated in its own terms: whole microseconds, the smallest of several ages, and its
 * exceptions. It is never the measure of a replay, the recorded answers are; but it is held to every one of them, and
 * then says what the original would have answered had a fact been otherwise.
 */
export function original(input: PolicyInput): PolicyAnswers {
  const { now, entitlement } = input;
  const storedOrderNumber =
    entitlement.orderNumberWrittenBy === "save" && entitlement.orderNumber === ""
      ? null
      : entitlement.orderNumber;
  const becameSet = answered(() => isExpiredByReading(input));
  const isSet = becameSet === true;
  const expiredAt = isSet ? now : entitlement.expiredAt;
  return {
    storedOrderNumber,
    daysSinceCreated: age(entitlement.created, now),
    daysUntilExpiration: answered(() => daysUntilExpiration(input)),
    isRegainable: answered(() => isRegainable(input)),
    isRefundable: answered(() => isRefundable(input, storedOrderNumber)),
    isRedeemable: isRedeemable(input),
    readExpiredAt: {
      expiredAt: typeof becameSet === "boolean" ? expiredAt : becameSet,
      becameSet: isSet,
      storedExpiredAt: expiredAt,
      storedModified: isSet ? now : entitlement.created,
      historyRowsAdded: isSet ? 1 : 0,
    },
    toDict: {
      value: answered(() => ({
        uuid: entitlement.uuid,
        course_uuid: entitlement.courseUuid,
        expired_at: expiredAt && shortDate(BigInt(Date.parse(expiredAt)) * 1000n),
        expiration_date: expirationDate(input),
      })),
      historyRowsAdded: isSet ? 1 : 0,
    },
  };
}

const ALERT_DAYS = 90;
const DAY_US = 86_400_000_000n;
const DEFAULT_POLICY = {
  expirationPeriodUs: 730 * 86_400_000_000,
  refundPeriodUs: 60 * 86_400_000_000,
  regainPeriodUs: 14 * 86_400_000_000,
};
/** The certificate statuses after which the learner cannot leave the run. */
const EARNED = new Set(["downloadable", "generating", "unavailable"]);

/** The original raises the class of this name. */
class Raised extends Error {}

function answered<T>(ask: () => T): T | Unanswered {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Raised) return { error: error.message };
    throw error;
  }
}

/** What an expiry depends on. */
type Expiring = Pick<PolicyInput, "now" | "policy" | "enrollment"> & {
  entitlement: Pick<PolicyInput["entitlement"], "created" | "expiredAt">;
};

/** Does reading it store an expiry? */
export function isExpiredByReading(input: Expiring): boolean {
  if (input.entitlement.expiredAt) return false;
  return daysUntilExpiration(input) < 0 || (input.enrollment !== null && !isRegainable(input));
}

function daysUntilExpiration({ now, entitlement, policy, enrollment }: Expiring): number {
  const { expirationPeriodUs, regainPeriodUs } = policy ?? DEFAULT_POLICY;
  const base = days(microseconds(entitlement.created) + BigInt(expirationPeriodUs) - microseconds(now));
  if (!enrollment) return base;
  if (!enrollment.courseOverview) throw new Raised("DoesNotExist");
  if (enrollment.courseOverview.start === null || enrollment.created === null) throw new Raised("TypeError");
  const ages = [enrollment.courseOverview.start, enrollment.created, entitlement.created].map((since) =>
    age(since, now),
  );
  return Math.min(base, days(BigInt(regainPeriodUs)) - Math.min(...ages));
}

function isRegainable(input: Expiring): boolean {
  if (input.entitlement.expiredAt || !input.enrollment) return false;
  if (EARNED.has(input.enrollment.certificateStatus ?? "")) return false;
  return daysUntilExpiration(input) >= 0;
}

function isRefundable(input: PolicyInput, orderNumber: string | null): boolean {
  const { now, entitlement, policy, enrollment } = input;
  if (entitlement.refundLocked || entitlement.expiredAt || orderNumber === null) return false;
  const { refundPeriodUs } = policy ?? DEFAULT_POLICY;
  if (age(entitlement.created, now) > days(BigInt(refundPeriodUs))) return false;
  return enrollment ? isRegainable(input) : true;
}

/** Can it be redeemed for a run? */
export function isRedeemable({
  now,
  entitlement,
  policy,
  enrollment,
}: Pick<PolicyInput, "now" | "policy"> & {
  entitlement: Pick<PolicyInput["entitlement"], "created" | "expiredAt">;
  enrollment: unknown;
}): boolean {
  const { expirationPeriodUs } = policy ?? DEFAULT_POLICY;
  const isYoung = age(entitlement.created, now) < days(BigInt(expirationPeriodUs));
  return isYoung && enrollment === null && entitlement.expiredAt === null;
}

function expirationDate(input: PolicyInput): string | null {
  const left = daysUntilExpiration(input);
  return left < ALERT_DAYS ? shortDate(microseconds(input.now) + BigInt(left) * DAY_US) : null;
}

function age(since: string, now: string): number {
  return days(microseconds(now) - microseconds(since));
}

function microseconds(instant: string): bigint {
  return BigInt(Date.parse(instant)) * 1000n;
}

/** Whole days, rounded toward minus infinity. */
function days(us: bigint): number {
  const whole = us / DAY_US;
  return Number(us < 0n && whole * DAY_US !== us ? whole - 1n : whole);
}

function shortDate(us: bigint): string {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: "UTC",
    year: "numeric",
    month: "short",
    day: "2-digit",
  }).format(new Date(Number(us / 1000n)));
}
