import type { App } from "../../src/app";
import { ORDERS } from "../../src/reads/finding/entitlement-order";
import { actor, ask } from "./demo-app";

/** A query for each list of the schema; `@` stands for the arguments of its page. */
export const LISTS: Record<string, string> = {
  "Query.entitlements": "entitlements(@)",
  "Query.refunds": "refunds(@)",
  "Query.enrollmentCalls": "enrollmentCalls(@)",
  "Query.history": "history(@)",
  "User.entitlements": 'user(username: "ada") { entitlements(@) }',
  "CourseEntitlement.history": "entitlements(first: 50) { edges { node { history(@) } } }",
  "CourseEntitlement.supportDetails": "entitlements(first: 50) { edges { node { supportDetails(@) } } }",
  "CourseEntitlementPolicy.history": "entitlementPolicies { history(@) }",
  "SupportDetail.history":
    "entitlements(first: 50) { edges { node { supportDetails(first: 1) { edges { node { history(@) } } } } } }",
  "Query.courses": "courses(@)",
  "Query.supportAgents": "supportAgents(@)",
  "Webhook.history": "webhooks { history(@) }",
  "Webhook.deadLetters": "webhooks { deadLetters(@) }",
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

/** Puts something into the lists that the demo world leaves empty. */
export async function fillLists(app: App): Promise<void> {
  const hopper = actor("hopper", { isStaff: true });
  const give = (mutation: string) => ask(app, hopper, `mutation { ${mutation} { userErrors { code } } }`);
  await give('grantSupport(input: { username: "full_shelf", comments: "A list of agents." })');
  await give('createWebhook(input: { url: "https://shop.example/hook", comments: "A list of webhooks." })');
  await app.db.query(
    `insert into webhook_delivery (webhook_id, history_id, entitlement_id, state, attempt, created_at, modified_at)
     select id, n, gen_random_uuid(), 'DEAD', 1, now(), now() from webhook, generate_series(1, 9) n`,
  );
  await app.db.query(
    `insert into enrollment_call (id, changeable_modes, may_enroll, state, attempt, unsent_to, created_at, modified_at)
     select id, '{verified}', false, 'NEEDS_REVIEW', 300, 0, now(), now() from course_enrollment order by id limit 9`,
  );
}
