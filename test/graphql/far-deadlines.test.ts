import type { ExecutionResult } from "graphql";
import { DAY_MS } from "../../src/rules/entitlement-rules";
import { ask } from "../support/demo-app";
import { anEntitlement, aPolicy, grace, useApp } from "../support/world";

const app = useApp();
let policyId: string;
let ids: string[];
beforeAll(async () => {
  policyId = await aPolicy(app, { expirationMs: 999_999 * 7 * DAY_MS });
  ids = [await anEntitlement(app), await anEntitlement(app, { policyId })];
});

interface Page {
  entitlements: {
    edges: { cursor: string; node: { id: string; expiresAt: string | null; state: string } }[];
  };
}

/** The entitlements by when they expire, one a page. */
async function walk() {
  const found: Page["entitlements"]["edges"][number]["node"][] = [];
  for (let after: string | null = null; ;) {
    const answer: ExecutionResult<Page> = await ask<Page>(
      app,
      grace,
      `query ($after: String) { entitlements(first: 1, after: $after, filter: { username: "ada" },
        orderBy: { field: EXPIRES_AT, direction: ASC }) { edges { cursor node { id expiresAt state } } } }`,
      { after },
    );
    expect(answer.errors).toBeUndefined();
    const [edge] = answer.data!.entitlements.edges;
    if (!edge) return found;
    found.push(edge.node);
    after = edge.cursor;
  }
}

test.each<[string, string]>([
  ["as long as a policy can be made", "6999993 days"],
  ["longer than PostgreSQL can count", "200000000 days"],
])(
  "an entitlement whose expiration period is %s does not expire, and is the last of its list",
  async (_, period) => {
    await app.db.query(
      "update course_entitlement_policy set expiration_period = $1::interval where id = $2",
      [period, policyId],
    );
    const [first, last] = await walk();
    expect(first).toMatchObject({ id: ids[0], expiresAt: expect.any(String) as string });
    expect(last).toEqual({ id: ids[1], expiresAt: null, state: "AVAILABLE" });
  },
);
