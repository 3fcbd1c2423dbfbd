import { z } from "zod";
import { owns } from "../auth/actor";
import { standingOf } from "../reads/decisions/choosing";
import { entitlementsById, type EntitlementFacts } from "../reads/entitlement-facts";
import { unenrollAndRefund } from "../use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../use-cases/sessions/leave-session";
import { switchSession } from "../use-cases/sessions/switch-session";
import { RestFault, type RestAnswer, type RestRequest } from "./answer";
import { fieldsBy, text } from "./fields";
import { GONE } from "./refusals";

const CHOICE = z.object({ course_run_id: text(255) });

/** Redeems the caller's entitlement for a run, or switches to it. 202 says that the LMS has yet to answer. */
export async function chooseRun(request: RestRequest): Promise<RestAnswer> {
  if (!request.fields["course_run_id"])
    throw new RestFault({ status: 400, body: "The Course Run ID was not provided." });
  const { course_run_id: courseRunKey } = fieldsBy(CHOICE, request);
  const facts = await own(request);
  const choose = standingOf(facts).redemption ? switchSession : enrollAndFulfill;
  const after = await choose(request, { ...reference(request), courseRunKey });
  return { status: after.pendingRunKey === null ? 201 : 202, body: { course_run_id: courseRunKey } };
}

/** Leaves the run, or has the order refunded as well. 202 says that the shop has yet to answer. */
export async function leaveRun(request: RestRequest): Promise<RestAnswer> {
  await own(request);
  if (request.parameters.getAll("is_refund").at(-1) !== "true") {
    await leaveSession(request, reference(request));
    return { status: 204 };
  }
  const { refund } = await unenrollAndRefund(request, { ...reference(request), refund: "REQUEST" });
  if (refund?.state === "SUCCEEDED") return { status: 204 };
  return { status: 202, body: { message: "The refund is requested. The shop has not answered yet." } };
}

/** The entitlement of the address, if it is the caller's: other roles give no right to enroll others here. */
async function own({ app, actor, entitlementId }: RestRequest): Promise<EntitlementFacts> {
  const [facts] = await entitlementsById(app.db, [entitlementId]);
  if (!facts || !owns(actor, facts)) throw new RestFault(GONE);
  return facts;
}

/** Names the caller as the learner, so that the command checks it again when nothing can change any more. */
function reference({ entitlementId, actor: { userId, username } }: RestRequest) {
  return { entitlementId, ...(userId === null ? { username } : { userId }) };
}
