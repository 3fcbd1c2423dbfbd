import { readFileSync } from "node:fs";
import { actor, ada, ask, grace, useDemoApp, schema } from "../support/demo-app";
import { checksumOf } from "../support/checksum";
import { statementsOf } from "../support/statements";

const dashboard = readFileSync("test/clients/learner-dashboard.graphql", "utf8");
const support = readFileSync("test/clients/support-table.graphql", "utf8");

const app = useDemoApp();

const STATEMENTS_AT_MOST = 8;

/** A learner with a page full of entitlements. */
const collector = actor("full_shelf");
beforeAll(() =>
  app.db.query(
    `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
     select $1, course_uuid, mode, created_at, modified_at from course_entitlement, generate_series(1, 4)
     where user_id = $1`,
    [collector.userId],
  ),
);

test("a dashboard needs the same few statements for 1, 20 and 100 entitlements", async () => {
  const counts: number[] = [];
  for (const first of [1, 20, 100]) {
    let shown = 0;
    const sent = await statementsOf(async () => {
      const { data, errors } = await ask<{ viewer: { entitlements: { edges: unknown[] } } }>(
        app,
        collector,
        dashboard,
        { first },
      );
      expect(errors).toBeUndefined();
      shown = data!.viewer.entitlements.edges.length;
    });
    expect(shown).toBe(first);
    counts.push(sent.length);
  }
  expect(new Set(counts).size).toBe(1);
  expect(counts[0]).toBeLessThanOrEqual(STATEMENTS_AT_MOST);
});

test("a support page needs the same few statements for 1 and 100 rows", async () => {
  const counts: number[] = [];
  for (const first of [1, 100]) {
    const variables = { username: "full_shelf", first };
    const sent = await statementsOf(() => ask(app, grace, support, variables, "SupportTable"));
    counts.push(sent.length);
  }
  expect(counts[0]).toBe(counts[1]);
  expect(counts[0]).toBeLessThanOrEqual(STATEMENTS_AT_MOST);
});

test("queries change nothing", async () => {
  const before = await checksumOf(app.db);
  const superuser = actor("hopper", { isSuperuser: true });
  const id = "e0000000-0000-4000-8000-000000000007"; // due to expire, which reading it would have written once
  const asked = new Set<string>();
  const expectAnswer = async (source: string, variables: Record<string, unknown>, operation?: string) => {
    const { data, errors } = await ask(app, superuser, source, variables, operation);
    expect(errors).toBeUndefined();
    for (const field of Object.keys(data!)) asked.add(field);
  };
  await ask(app, ada, dashboard, { first: 100 });
  await expectAnswer(dashboard, { first: 100 });
  await expectAnswer(support, { username: "ada" }, "SupportTable");
  await expectAnswer(support, { id }, "CourseSummary");
  await expectAnswer(support, { email: "ada@demo.example", lmsUserId: "1" }, "SupportForms");
  await expectAnswer(
    "{ history(first: 100) { edges { node { state { __typename } previous { id } } } } }",
    {},
  );
  await expectAnswer(
    "{ supportAgents(first: 100) { edges { node { history { edges { node { id } } } } } } }",
    {},
  );
  await expectAnswer(
    "{ historyLog { settledUntil size entries(first: 100) { edges { node { id } } } } }",
    {},
  );
  await expectAnswer("{ webhooks { id dead deadLetters { edges { node { id } } } } }", {});
  await expectAnswer("{ enrollmentCalls(filter: null) { edges { node { entitlement { id } } } } }", {});
  await expectAnswer("{ refunds(first: 100) { edges { node { entitlement { refunds { id } } } } } }", {});
  await expectAnswer(
    '{ search(text: "ada") { __typename } courses { edges { node { id } } } sites { id } }',
    {},
  );
  await expectAnswer(
    `{ course(id: "${id}") { id } courseModes { id } node(id: "${id}") { id } nodes(ids: []) { id } }`,
    {},
  );
  await expectAnswer(
    `{ orderPreview(username: "ada", courseUuids: ["${id}"], mode: "verified") { id } }`,
    {},
  );
  for (const scope of ["ACTIVE", "UNEXPIRED", "FULFILLABLE", "ALL"])
    await ask(
      app,
      ada,
      "query ($s: EntitlementScope!) { viewer { entitlements(scope: $s) { totalCount } } }",
      {
        s: scope,
      },
    );
  expect(asked).toEqual(new Set(Object.keys(schema.getQueryType()!.getFields())));
  expect(await checksumOf(app.db)).toEqual(before);
});

test.each([
  ["a page of 0 items", "{ viewer { entitlements(first: 0) { totalCount } } }"],
  ["a page of 101 items", "{ viewer { entitlements(first: 101) { totalCount } } }"],
  ["an invalid cursor", '{ viewer { entitlements(after: "bogus") { totalCount } } }'],
  ["an id that is not a UUID", '{ entitlement(id: "1") { id } }'],
  ["ids that are not UUIDs", '{ entitlements(filter: { ids: ["1"] }) { totalCount } }'],
  ["an empty username", '{ user(username: "") { id } }'],
  ["a search over all learners", '{ entitlements(filter: { search: "x" }) { totalCount } }'],
  ["a policy id that is not a UUID", '{ entitlements(filter: { policyId: "Default" }) { totalCount } }'],
  [
    "an order by deadline over all learners",
    "{ entitlements(orderBy: { field: EXPIRES_AT }) { totalCount } }",
  ],
  ["another order over all learners", "{ entitlements(orderBy: { field: MODE }) { totalCount } }"],
])("%s is refused before any statement is sent", async (_name, question) => {
  let answer: Awaited<ReturnType<typeof ask>> = {};
  const sent = await statementsOf(async () => {
    answer = await ask(app, grace, question);
  });
  expect(answer.errors).toHaveLength(1);
  expect(sent).toEqual([]);
});

test("the next page continues at the same place after rows were added in front", async () => {
  const page =
    "query ($after: String) { viewer { entitlements(first: 5, after: $after) { edges { cursor node { id } } } } }";
  interface Answer {
    viewer: { entitlements: { edges: { cursor: string; node: { id: string } }[] } };
  }
  const first = (await ask<Answer>(app, ada, page)).data!.viewer.entitlements.edges;
  const after = first.at(-1)!.cursor;
  const next = (await ask<Answer>(app, ada, page, { after })).data!.viewer.entitlements.edges;
  await app.db.query(
    `insert into course_entitlement (user_id, course_uuid, mode, created_at, modified_at)
     values (1, gen_random_uuid(), 'verified', now(), now())`,
  );
  const again = (await ask<Answer>(app, ada, page, { after })).data!.viewer.entitlements.edges;
  expect(again).toEqual(next);
});

test("a filter by state finds the entitlements in that state, now and as of an instant", async () => {
  interface Table {
    entitlements: { totalCount: number; edges: { node: { id: string; state: string } }[] };
  }
  const table = `query ($states: [EntitlementState!], $asOf: DateTime) {
    entitlements(filter: { username: "ada", states: $states }, asOf: $asOf, first: 100) { totalCount edges { node { id state } } } }`;
  const now = new Date(Date.now() + 1).toISOString();
  for (const asOf of [null, now]) {
    const all = (await ask<Table>(app, grace, table, { asOf })).data!.entitlements.edges.map(
      ({ node }) => node,
    );
    const states = [...new Set(all.map(({ state }) => state))];
    expect(states.length).toBeGreaterThanOrEqual(6);
    for (const state of states) {
      const { totalCount, edges } = (await ask<Table>(app, grace, table, { asOf, states: [state] })).data!
        .entitlements;
      const expected = all.filter((node) => node.state === state);
      expect(edges.map(({ node }) => node)).toEqual(expected);
      expect(totalCount).toBe(expected.length);
    }
  }
});

test("lists can be filtered by policy and by the key of a course, and a learner's own list by the UUID of the course", async () => {
  interface Rows {
    edges: { node: { courseUuid: string; policy: { id: string }; course: { key: string } } }[];
  }
  const node = "edges { node { courseUuid policy { id } course { key } } }";
  const rows = async (filter: object) =>
    (
      await ask<{ entitlements: Rows }>(
        app,
        grace,
        `query ($filter: EntitlementFilter) { entitlements(first: 100, filter: $filter) { ${node} } }`,
        { filter },
      )
    ).data!.entitlements.edges;
  for (const policyId of ["default", "b0000000-0000-4000-8000-000000000003"]) {
    const found = await rows({ policyId });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ node }) => node.policy.id))).toEqual(new Set([policyId]));
  }
  const found = await rows({ courseKey: "DemoX+DEMO.03" });
  expect(new Set(found.map(({ node }) => node.course.key))).toEqual(new Set(["DemoX+DEMO.03"]));
  expect(await rows({ courseKey: "DemoX+NONE" })).toEqual([]);
  const own = `query ($courseUuid: ID) { viewer { entitlements(scope: ALL, courseUuid: $courseUuid) { totalCount ${node} } } }`;
  const { courseUuid } = found[0]!.node;
  const shelf = (
    await ask<{ viewer: { entitlements: Rows & { totalCount: number } } }>(app, ada, own, { courseUuid })
  ).data!.viewer.entitlements;
  expect(shelf.totalCount).toBe(shelf.edges.length);
  expect(new Set(shelf.edges.map(({ node }) => node.courseUuid))).toEqual(new Set([courseUuid]));
});
