import type { Messages } from "../../../messages/catalog";
import type { DecisionTerms } from "../../../reads/decisions/choosing";

/** The inputs of the rules besides the facts of an entitlement. */
export interface DecisionContext extends DecisionTerms {
  /** The instant at which decisions are taken. */
  now: Date;
  /** The earlier instant from which the facts were read; null for the present facts. */
  asOf: Date | null;
  /** The number of days before expiry from which `expirationDate` is given. */
  expirationAlertDays: number;
  /** Whether this installation refunds orders. */
  handlesRefunds: boolean;
  /** Whether the LMS and its catalog are other systems, which are asked again and again. */
  hasLms: boolean;
  /** What a learner can be told of blockers. */
  messages: Messages;
}
