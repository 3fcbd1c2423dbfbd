import type { Periods } from "../../rules/entitlement-rules";

/** The inputs of the rules besides the facts of an entitlement. */
export interface DecisionContext {
  /** The instant at which decisions are taken. */
  now: Date;
  /** The earlier instant from which the facts were read; null for the present facts. */
  asOf: Date | null;
  defaultPeriods: Periods;
  /** The number of days before expiry from which `expirationDate` is given. */
  expirationAlertDays: number;
}
