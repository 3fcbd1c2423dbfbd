import { readFileSync } from "node:fs";
import { parse, print, separateOperations } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { actor, auditor, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const documents = separateOperations(parse(readFileSync("test/clients/support-console.graphql", "utf8")));
const hopper = actor("hopper", { isStaff: true });
const ID = "e0000000-0000-4000-8000-000000000001";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

/** The document of each screen, and the permissions that it needs. */
const SCREENS: Record<string, [variables: object, needs: string[]]> = {
  WhoAmI: [{}, []],
  Find: [{ text: "ada" }, ["Query.search"]],
  Learner: [{ username: "ada", states: ["AVAILABLE", "EXPIRED"] }, ["Query.user", "Query.entitlements"]],
  GrantForm: [{ search: "DEMO.03" }, []],
  Entitlement: [{ id: ID, at: new Date(), withNotes: true }, []],
  Refunds: [{ states: ["NEEDS_REVIEW", "IN_DOUBT", "FAILED"] }, ["Query.refunds"]],
  EnrollmentCalls: [{ filter: { states: ["NEEDS_REVIEW"] } }, ["Query.enrollmentCalls"]],
  HistorySearch: [{ filter: { usernames: ["ada"] } }, ["Query.history"]],
  Administration: [{}, ["Query.supportAgents"]],
  DeepLink: [{ id: ID }, []],
};

async function show(
  screen: string,
  asking: Actor,
): Promise<{ status: number; data: Record<string, unknown> }> {
  const [variables] = SCREENS[screen]!;
  const { status, body } = await server.ask(asking, print(documents[screen]!), variables);
  if (status !== 403) expect([screen, body.errors]).toEqual([screen, undefined]);
  return { status, data: body.data ?? {} };
}

test("every document of the console is a screen", () => {
  expect(Object.keys(documents).toSorted()).toEqual(Object.keys(SCREENS).toSorted());
});

test.each([
  ["support", grace],
  ["staff", hopper],
  ["an auditor", auditor],
])(
  "the permissions of %s show which screens are available, within the limits of documents",
  async (_, asking) => {
    const { data } = await show("WhoAmI", asking);
    const { permissions } = data["viewer"] as { permissions: string[] };
    const shown: string[] = [];
    for (const [screen, [, needs]] of Object.entries(SCREENS)) {
      if (!needs.every((need) => permissions.includes(need))) continue;
      expect((await show(screen, asking)).status).toBe(200);
      shown.push(screen);
    }
    expect(shown).toContain("Entitlement");
    expect(shown.includes("HistorySearch")).toBe(asking !== grace);
    expect((await show("HistorySearch", asking)).status).toBe(asking === grace ? 403 : 200);
  },
);

test("the screens show the demo world", async () => {
  expect(JSON.stringify(await show("Find", grace))).toContain('"username":"ada"');
  expect(JSON.stringify(await show("Learner", grace))).toContain("DemoX+DEMO");
  expect(JSON.stringify(await show("GrantForm", grace))).toContain('"key":"DemoX+DEMO.03"');
  expect(JSON.stringify(await show("Entitlement", grace))).toContain('"operation":"setRefundLock"');
  expect(JSON.stringify(await show("Refunds", grace))).toContain("LINE_ALREADY_REFUNDED");
  expect(JSON.stringify(await show("HistorySearch", auditor))).toContain('"username":"ada"');
  expect(JSON.stringify(await show("Administration", hopper))).toContain("demo.example");
});
