import { DEFAULT_PERIODS, storedOrderNumber, type Standing } from "../../src/rules/entitlement-rules";
import { answersOf, toPeriods } from "./answers";
import { asIfFor, policyDifferences } from "./differences";
import { judge, type Answer, type Verdict } from "./judge";
import { original } from "./original";
import type { PolicyAnswers, PolicyInput, PolicyVector } from "./vectors";

/** Asks the rules everything that the original was asked of one entitlement. */
export function replayPolicy({ id, expected, ...input }: PolicyVector): Verdict {
  const { rules, asIf } = asIfFor(policyDifferences, input);
  const wanted = rules.length > 0 ? original(asIf) : expected;
  const compare = (answers: PolicyAnswers, wanted: PolicyAnswers, rules: readonly string[]): Answer[] =>
    Object.entries(expected).map(([name, recorded]) => {
      const field = name as keyof PolicyAnswers;
      return { field, got: answers[field], recorded, wanted: wanted[field], rules };
    });
  const restated = rules.length > 0 ? compare(original(input), expected, []) : [];
  return judge(id, compare(answerPolicy(input), wanted, rules), restated);
}

function answerPolicy(input: PolicyInput): PolicyAnswers {
  const { entitlement, policy } = input;
  const standing = toStanding(input);
  const periods = policy ? toPeriods(policy) : DEFAULT_PERIODS;
  return {
    storedOrderNumber: standing.orderNumber,
    ...answersOf(entitlement, standing, periods, new Date(input.now)),
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
      // The original does not store when an entitlement was redeemed, only when its learner first enrolled.
      redeemedAt: null,
      startsAt: enrollment.courseOverview?.start ? new Date(enrollment.courseOverview.start) : null,
      certificateStatus: enrollment.certificateStatus,
    },
  };
}
