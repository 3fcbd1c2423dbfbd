import { CourseEntitlementPolicy } from "../entities/course-entitlement-policy";
import { Refund } from "../entities/refund";
import type { Change } from "../store/transact";
import { policies, POLICY_IDS } from "./cast";
import type { Moment } from "./past";
import { ago, idOf, orderNumberOf, signed, type Numbered } from "./story";

/** When the policies were made, before all entitlements, and when one was changed, in days before now. */
const POLICIES_MADE = 950;
const POLICY_CHANGED = 500;

/** What became of a refund, from the request on. */
export function refundStory(example: Numbered, now: Date): Moment<Refund>[] {
  const { number, refund, learner = "ada" } = example;
  if (!refund) return [];
  const at = ago(now, refund.ago);
  const requested: Refund = {
    id: idOf("f", number),
    entitlementId: idOf("e", number),
    orderNumber: orderNumberOf(example)!,
    state: "REQUESTED",
    attempt: 1,
    nextAttemptAt: new Date(at.getTime() + 10_000),
    answer: null,
    detail: null,
    shopReferences: [],
    createdAt: at,
    modifiedAt: at,
  };
  const by = signed(learner, "unenrollAndRefund");
  const then = (seconds: number, row: Partial<Refund>, author: Change): Moment<Refund> => {
    const later = new Date(at.getTime() + seconds * 1_000);
    return {
      at: later,
      entity: Refund,
      row: Object.assign({}, requested, row, { modifiedAt: later }),
      by: author,
    };
  };
  const first: Moment<Refund> = { at, entity: Refund, row: requested, by };
  if (refund.state === "SUCCEEDED") {
    return [
      first,
      then(
        1,
        { state: "SUCCEEDED", answer: "ACCEPTED", shopReferences: [`RF-${number}`], nextAttemptAt: null },
        by,
      ),
    ];
  }
  const doubt = { state: "IN_DOUBT", answer: "UNKNOWN" } as const;
  const review = { state: refund.state, attempt: 2, answer: "REFUSED", nextAttemptAt: null } as const;
  return [
    first,
    then(5, { ...doubt, nextAttemptAt: new Date(at.getTime() + 20_000) }, by),
    then(20, { ...review, detail: "LINE_ALREADY_REFUNDED" }, signed("system", "sweepRefunds", "JOB")),
  ];
}

/** How the policies came to be as they are. */
export function policyStory(now: Date): Moment<CourseEntitlementPolicy>[] {
  return policies.flatMap((policy) => {
    const entity = CourseEntitlementPolicy;
    const by = signed("hopper", "createEntitlementPolicy");
    const first = { at: ago(now, POLICIES_MADE), entity, row: policy, by };
    if (policy.id !== POLICY_IDS.site) return [first];
    return [
      { ...first, row: Object.assign({}, policy, { refundMs: policy.refundMs / 2 }) },
      { at: ago(now, POLICY_CHANGED), entity, row: policy, by: signed("hopper", "updateEntitlementPolicy") },
    ];
  });
}
