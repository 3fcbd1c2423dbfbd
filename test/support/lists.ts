import { ORDERS } from "../../src/reads/finding/entitlement-order";

/** A query for each list of the schema; `@` stands for the arguments of its page. */
export const LISTS: Record<string, string> = {
  "Query.entitlements": "entitlements(@)",
  "Query.refunds": "refunds(@)",
  "Query.history": "history(@)",
  "User.entitlements": 'user(username: "ada") { entitlements(@) }',
  "CourseEntitlement.history": "entitlements(first: 50) { edges { node { history(@) } } }",
  "CourseEntitlement.supportDetails": "entitlements(first: 50) { edges { node { supportDetails(@) } } }",
  "CourseEntitlementPolicy.history": "entitlementPolicies { history(@) }",
  "SupportDetail.history":
    "entitlements(first: 50) { edges { node { supportDetails(first: 1) { edges { node { history(@) } } } } } }",
  "Query.courses": "courses(@)",
  "Query.supportAgents": "supportAgents(@)",
  "SupportAgent.history": "supportAgents { edges { node { history(@) } } }",
  "Refund.history": "refunds { edges { node { history(@) } } }",
};

/** The same list in each of its orders; none of these accepts the cursors of another. */
const ordered: [what: string, path: string][] = Object.keys(ORDERS).flatMap((field) =>
  ["ASC", "DESC"].flatMap((direction): [string, string][] =>
    field === "CREATED_AT" && direction === "DESC" // the list without an order
      ? []
      : [
          [
            `Query.entitlements by ${field} ${direction}`,
            `entitlements(filter: { username: "ada" }, orderBy: { field: ${field}, direction: ${direction} }, @)`,
          ],
        ],
  ),
);
/** Every list of the schema and its orders, each with how to come to it. */
export const lists = [...Object.entries(LISTS), ...ordered];
