import { supportOrAuditor } from "../auth/who";
import { standingOf } from "../reads/decisions/choosing";
import type { EntitlementFacts } from "../reads/entitlement-facts";
import { supportDetailsOf, type SupportDetailFacts } from "../reads/support-details";
import { isExpired } from "../rules/entitlement-state";
import { firstRows } from "../store/rows/page";
import type { RestRequest } from "./answer";

/** So many support details of an entitlement are shown, the newest first. */
const DETAILS_AT_MOST = 100;

/** Whether an expiry that is due and not stored yet is shown as it would be stored now, or not. */
export type ShownExpiry = "due" | "stored";

/**
 * Entitlements in the form of the original, with its keys in its order. Support details are for those who may read them;
 * for everyone else the list is empty.
 */
export async function shown(
  { app, actor, now }: RestRequest,
  entitlements: readonly EntitlementFacts[],
  expiry: ShownExpiry,
): Promise<object[]> {
  const ids = entitlements.map(({ id }) => id);
  const details = supportOrAuditor.allows(actor)
    ? await supportDetailsOf(app.db, ids, firstRows(DETAILS_AT_MOST))
    : [];
  return entitlements.map((facts, place) => {
    const due = expiry === "due" && hasUnstoredExpiry({ app, now }, facts) ? now : null;
    const runKey = shownRunKey(facts);
    return {
      user: facts.username,
      uuid: facts.id,
      course_uuid: facts.courseUuid,
      ...(runKey !== null && { enrollment_course_run: runKey }),
      expired_at: instant(facts.expiredAt ?? due),
      created: instant(facts.createdAt),
      modified: instant(facts.modifiedAt),
      mode: facts.mode,
      refund_locked: facts.refundLocked,
      order_number: facts.orderNumber,
      support_details: (details[place]?.rows ?? []).map(shownDetail),
    };
  });
}

/** Whether an entitlement has expired without a stored instant of it, so that each reader is told another. */
export function hasUnstoredExpiry(
  { app, now }: Pick<RestRequest, "app" | "now">,
  facts: EntitlementFacts,
): boolean {
  const periods = facts.policy ?? app.config.defaultPeriods;
  return facts.expiredAt === null && isExpired(standingOf(facts), periods, now);
}

/**
 * The run for which it is redeemed: not one that the learner has left by other means, with which the original ends the link
 * too. An expired entitlement keeps its link there, whatever becomes of the enrollment.
 */
function shownRunKey({ enrollment, expiredAt }: EntitlementFacts): string | null {
  return enrollment && (enrollment.isActive || expiredAt !== null) ? enrollment.courseRunKey : null;
}

function shownDetail({ username, action, comments, unenrolledRunKey, createdAt }: SupportDetailFacts) {
  return {
    support_user: username,
    action,
    comments,
    unenrolled_run: unenrolledRunKey,
    created: instant(createdAt),
  };
}

/** An instant as Python writes it: six digits of a second, or none when all are zero. */
function instant(at: Date | null): string | null {
  return (
    at &&
    at
      .toISOString()
      .replace(/\.000Z$/, "Z")
      .replace(/\.(\d{3})Z$/, ".$1000Z")
  );
}
