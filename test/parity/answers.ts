import {
  daysSinceCreated,
  daysUntilExpiration,
  isExpiryDue,
  redeemBlocker,
  refundBlocker,
  regainBlocker,
  type Periods,
  type Standing,
} from "../../src/rules/entitlement-rules";
import { expirationDate } from "../../src/rules/deadlines";
import type { PolicyAnswers, RecordedPeriods } from "./vectors";

const ALERT_DAYS = 90;

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

/** The same, where there may be none. */
export function toMaybeInstant(date: Date | null): string | null {
  return date && toInstant(date);
}

/** The five plain answers that the original gives of an entitlement. */
export function plainAnswers(standing: Standing, periods: Periods, now: Date) {
  return {
    daysSinceCreated: daysSinceCreated(standing, now),
    daysUntilExpiration: daysUntilExpiration(standing, periods, now),
    isRegainable: regainBlocker(standing, periods, now) === null,
    isRefundable: refundBlocker(standing, periods, now) === null,
    isRedeemable: redeemBlocker(standing, periods, now) === null,
  };
}

/** All that our rules answer of what the original was asked. Where it would write, this says what. */
export function answersOf(
  ids: { uuid: string; courseUuid: string },
  standing: Standing,
  periods: Periods,
  now: Date,
): Omit<PolicyAnswers, "storedOrderNumber"> {
  const becomesSet = isExpiryDue(standing, periods, now);
  const expiredAt = becomesSet ? now : standing.expiredAt;
  const historyRowsAdded = becomesSet ? 1 : 0;
  return {
    ...plainAnswers(standing, periods, now),
    readExpiredAt: {
      expiredAt: toMaybeInstant(expiredAt),
      becameSet: becomesSet,
      storedExpiredAt: toMaybeInstant(expiredAt),
      storedModified: toInstant(becomesSet ? now : standing.createdAt),
      historyRowsAdded,
    },
    toDict: {
      value: {
        uuid: ids.uuid,
        course_uuid: ids.courseUuid,
        expired_at: shortDate(expiredAt && expiredAt.toISOString().slice(0, 10)),
        expiration_date: shortDate(expirationDate(standing, periods, now, ALERT_DAYS)),
      },
      historyRowsAdded,
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
