import type { RedeemBlocker, RefundRequestBlocker, RegainBlocker } from "../rules/entitlement-rules";
import type { SessionBlocker } from "../rules/session-rules";

/** What a learner can be told of each blocker, in one language: a full sentence for each, by the question it answers. */
export interface Messages {
  /** Why the entitlement cannot be redeemed. */
  redeem: Readonly<Record<RedeemBlocker, string>>;
  /** Why the learner cannot leave or change the run. */
  regain: Readonly<Record<RegainBlocker, string>>;
  /** Why the order cannot be refunded. */
  refund: Readonly<Record<RefundRequestBlocker, string>>;
  /** Why the learner cannot choose a run. */
  session: Readonly<Record<SessionBlocker, string>>;
}
