import { z } from "zod";
import { userNamed } from "../reads/accounts/users";
import { entitlementsById, type EntitlementFacts } from "../reads/entitlement-facts";
import { changeEntitlementMode } from "../use-cases/entitlements/change-entitlement-mode";
import { expireEntitlement } from "../use-cases/entitlements/expire-entitlement";
import { reissueEntitlement } from "../use-cases/entitlements/reissue-entitlement";
import { setRefundLock } from "../use-cases/entitlements/set-refund-lock";
import { transferEntitlement } from "../use-cases/entitlements/transfer-entitlement";
import { RestFault, type RestAnswer, type RestRequest } from "./answer";
import { hasUnstoredExpiry, shown } from "./entitlement";
import { fieldsBy, flag, instant, invalid, supportDetails, text, uuid } from "./fields";

/** So far may the clock of an agent be ahead, in milliseconds, who expires an entitlement as of now. */
const AHEAD_AT_MOST_MS = 86_400_000;

/** The word of the original, whose messages clients know. */
const UNENROLL = "unenroll";

const CHANGES = z.object({
  user: text(150).optional(),
  course_uuid: uuid.optional(),
  expired_at: instant.nullable().optional(),
  mode: text(100).optional(),
  refund_locked: flag.nullish(),
  order_number: text(128).nullish(),
  support_details: supportDetails,
});
type Changes = z.infer<typeof CHANGES>;

/** A change to an entitlement, by the field that asks for it. */
type Wish = [field: string, give: (comments: string) => Promise<EntitlementFacts>];

/**
 * Changes an entitlement by one command, as an agent says in `support_details`. Fields that have the value that is
 * told of the entitlement ask for nothing.
 */
export async function update(request: RestRequest): Promise<RestAnswer> {
  const { app, entitlementId } = request;
  const [before] = await entitlementsById(app.db, [entitlementId]);
  if (!before)
    throw new RestFault({ status: 400, body: `Could not find entitlement ${entitlementId} to update` });
  const fields = await withoutTold(request, fieldsBy(CHANGES, request), before);
  refuseUnchangeable(fields);
  const [wish, other] = wishes(request, fields);
  if (other) throw invalid("non_field_errors", `Change ${wish![0]} and ${other[0]} by one request each.`);
  const [note] = fields.support_details;
  if (note?.unenrolled_run) refuseOtherRun(note.unenrolled_run, before);
  if (wish && !note) throw invalid("support_details", "This field is required.");
  if (!wish && note) throw invalid("support_details", "There is no change to comment on.");
  const after = wish ? await wish[1](note!.comments) : before;
  const [body] = await shown(request, [after], "stored");
  return { status: 200, body };
}

/** The fields of a request that ask for something: those with another value than is told of the entitlement. */
async function withoutTold(
  request: RestRequest,
  fields: Changes,
  before: EntitlementFacts,
): Promise<Changes> {
  const { user, course_uuid, expired_at, mode, refund_locked, order_number, support_details } = fields;
  const learner = user === undefined ? null : await userNamed(request.app.db, user);
  // Null is told of an entitlement that has not expired; who means more names the run that the learner leaves.
  const isToldExpiry = expired_at
    ? hasUnstoredExpiry(request, before) || expired_at.getTime() === before.expiredAt?.getTime()
    : before.expiredAt === null && !support_details[0]?.unenrolled_run;
  return {
    user: learner?.id === before.userId ? undefined : user,
    course_uuid: course_uuid === before.courseUuid ? undefined : course_uuid,
    expired_at: isToldExpiry ? undefined : expired_at,
    mode: mode === before.mode ? undefined : mode,
    refund_locked: refund_locked === before.refundLocked ? undefined : refund_locked,
    order_number: order_number === before.orderNumber ? undefined : order_number,
    support_details,
  };
}

function wishes(request: RestRequest, fields: Changes): Wish[] {
  const { entitlementId, now } = request;
  const { expired_at: expiredAt, mode, refund_locked: isLocked = null, user: username } = fields;
  const all: Wish[] = [];
  if (expiredAt === null)
    all.push([
      "expired_at",
      (comments) => reissueEntitlement(request, { entitlementId, comments, refundLocked: isLocked }),
    ]);
  if (expiredAt) {
    if (expiredAt.getTime() > now.getTime() + AHEAD_AT_MOST_MS)
      throw invalid("expired_at", "An entitlement can only be expired as of now.");
    all.push(["expired_at", (comments) => expireEntitlement(request, { entitlementId, comments })]);
  }
  if (mode !== undefined)
    all.push([
      "mode",
      (comments) => changeEntitlementMode(request, { entitlementId, mode, acceptAnyMode: false, comments }),
    ]);
  if (isLocked !== null && expiredAt !== null)
    all.push(["refund_locked", (comments) => setRefundLock(request, { entitlementId, isLocked, comments })]);
  if (username !== undefined)
    all.push(["user", (comments) => transferEntitlement(request, { entitlementId, username, comments })]);
  return all;
}

/** Refuses what no command changes: its policy, the runs it offers and its refunds follow from them. */
function refuseUnchangeable(fields: Changes): void {
  if (fields.course_uuid !== undefined)
    throw invalid(
      "course_uuid",
      "The course of an entitlement cannot be changed: revoke it, and create another.",
    );
  if (fields.order_number !== undefined)
    throw invalid(
      "order_number",
      "The order of an entitlement cannot be changed: revoke it, and create another.",
    );
}

/** Refuses to act on a run that the agent sees, and that the learner has left or changed since. */
function refuseOtherRun(run: string, { username, enrollment, pendingRunKey }: EntitlementFacts): void {
  if (run === enrollment?.courseRunKey || run === pendingRunKey) return;
  throw new RestFault({
    status: 400,
    body: `Error raised while trying to ${UNENROLL} user ${username} from course run ${run}: the entitlement is not redeemed for it`,
  });
}
