import {
  daysSinceCreated,
  daysUntilExpiration,
  DEFAULT_PERIODS,
  expirationDate,
  isExpiryDue,
  redeemBlocker,
  refundBlocker,
  regainBlocker,
  storedOrderNumber,
  type Periods,
  type Standing,
} from "../../src/policy/entitlement-policy";
import { asIfFor, policyDifferences } from "./differences";
import { judge, type Answer, type Verdict } from "./judge";
import { original } from "./original";
import type { PolicyAnswers, PolicyInput, PolicyVector, RecordedPeriods } from "./vectors";

const ALERT_DAYS = 90;

/** Asks the rules everything that the original was asked of one entitlement. */
export function replayPolicy({ id, expected, ...input }: PolicyVector): Verdict {
  const { rules, asIf } = asIfFor(policyDifferences, input);
  const wanted = rules.length > 0 ? original(asIf, ALERT_DAYS) : expected;
  const compare = (answers: PolicyAnswers, wanted: PolicyAnswers, rules: readonly string[]): Answer[] =>
    Object.entries(expected).map(([name, recorded]) => {
      const field = name as keyof PolicyAnswers;
      return { field, got: answers[field], recorded, wanted: wanted[field], rules };
    });
  const restated = rules.length > 0 ? compare(original(input, ALERT_DAYS), expected, []) : [];
  return judge(id, compare(answerPolicy(input), wanted, rules), restated);
}

/** Periods as the rules know them. */
export function toPeriods(recorded: RecordedPeriods): Periods {
  return {
    expirationMs: recorded.expirationPeriodUs / 1000,
    refundMs: recorded.refundPeriodUs / 1000,
    regainMs: recorded.regainPeriodUs / 1000,
  };
}

/** An instant as the original writes it: six digits of a second. */
export function toInstant(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}

function answerPolicy(input: PolicyInput): PolicyAnswers {
  const { entitlement } = input;
  const now = new Date(input.now);
  const periods = input.policy ? toPeriods(input.policy) : DEFAULT_PERIODS;
  const standing = toStanding(input);
  const becomesSet = isExpiryDue(standing, periods, now);
  const expiredAt = becomesSet ? now : standing.expiredAt;
  const historyRowsAdded = becomesSet ? 1 : 0;
  return {
    storedOrderNumber: standing.orderNumber,
    daysSinceCreated: daysSinceCreated(standing, now),
    daysUntilExpiration: daysUntilExpiration(standing, periods, now),
    isRegainable: regainBlocker(standing, periods, now) === null,
    isRefundable: refundBlocker(standing, periods, now) === null,
    isRedeemable: redeemBlocker(standing, periods, now) === null,
    readExpiredAt: {
      expiredAt: expiredAt && toInstant(expiredAt),
      becameSet: becomesSet,
      storedExpiredAt: expiredAt && toInstant(expiredAt),
      storedModified: toInstant(becomesSet ? now : standing.createdAt),
      historyRowsAdded,
    },
    toDict: {
      value: {
        uuid: entitlement.uuid,
        course_uuid: entitlement.courseUuid,
        expired_at: shortDate(expiredAt && expiredAt.toISOString().slice(0, 10)),
        expiration_date: shortDate(expirationDate(standing, periods, now, ALERT_DAYS)),
      },
      historyRowsAdded,
    },
  };
}

/** What the rules know of the entitlement of a vector. */
export function toStanding({ entitlement, enrollment }: PolicyInput): Standing {
  return {
    createdAt: new Date(entitlement.created),
    expiredAt: entitlement.expiredAt === null ? null : new Date(entitlement.expiredAt),
    expiryCause: null,
    orderNumber: storedOrderNumber(entitlement.orderNumber),
    refundLocked: entitlement.refundLocked,
    redemption: enrollment && {
      enrolledAt: enrollment.created === null ? null : new Date(enrollment.created),
      // The original does not know when an entitlement was spent, only when its learner first enrolled.
      redeemedAt: null,
      startsAt: enrollment.courseOverview?.start ? new Date(enrollment.courseOverview.start) : null,
      certificateStatus: enrollment.certificateStatus,
    },
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2021-05-30` as `May 30, 2021`. */
function shortDate(date: string | null): string | null {
  if (date === null) return null;
  const [year, month, day] = date.split("-");
  return `${MONTHS[Number(month) - 1]} ${day}, ${year}`;
}
