import { expiresAt } from "../../rules/deadlines";
import type { EntitlementFacts } from "../entitlement-facts";
import { standingOf } from "../decisions/choosing";
import type { DecisionTime } from "../decisions/expired";
import type { Parameter } from "../../store/statement";
import { expiresAtIn } from "./entitlement-state";

/** What a list can be sorted by; the values order as text or as instants, nothing is null. */
export const ORDERS: Record<OrderField, string | ((terms: DecisionTime, parameter: Parameter) => string)> = {
  CREATED_AT: "e.created_at",
  MODIFIED_AT: "e.modified_at",
  EXPIRED_AT: "coalesce(e.expired_at, 'infinity')",
  COURSE_UUID: "e.course_uuid",
  COURSE_RUN_KEY: `coalesce(n.course_run_key, '') collate "C"`,
  MODE: `e.mode collate "C"`,
  ORDER_NUMBER: `coalesce(e.order_number, '') collate "C"`,
  EXPIRES_AT: expiresAtIn,
};
/** What a list of entitlements can be sorted by. */
export type OrderField =
  | "CREATED_AT"
  | "MODIFIED_AT"
  | "EXPIRED_AT"
  | "COURSE_UUID"
  | "COURSE_RUN_KEY"
  | "MODE"
  | "ORDER_NUMBER"
  | "EXPIRES_AT";
/** The order of a list of entitlements; ties are broken by id. */
export interface EntitlementOrdering {
  field: OrderField;
  /** From low to high, or from high to low. */
  direction: "ASC" | "DESC";
}

/** The sort value of an entitlement, as the page key that follows it holds it. */
export function orderValue(
  facts: EntitlementFacts,
  field: OrderField,
  { defaultPeriods }: DecisionTime,
): string {
  switch (field) {
    case "CREATED_AT":
      return facts.createdAt.toISOString();
    case "MODIFIED_AT":
      return facts.modifiedAt.toISOString();
    case "EXPIRED_AT":
      return facts.expiredAt?.toISOString() ?? "infinity";
    case "COURSE_UUID":
      return facts.courseUuid;
    case "COURSE_RUN_KEY":
      return facts.enrollment?.courseRunKey ?? "";
    case "MODE":
      return facts.mode;
    case "ORDER_NUMBER":
      return facts.orderNumber ?? "";
    case "EXPIRES_AT":
      return expiresAt(standingOf(facts), facts.policy ?? defaultPeriods)?.toISOString() ?? "infinity";
  }
}
