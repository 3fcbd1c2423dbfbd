import { readFileSync } from "node:fs";
import { parse, print, separateOperations } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { actor, ada, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

/** The operations of the client documents, each with its own fragments. */
const clients = ["learner-dashboard", "support-table"].map((name) =>
  separateOperations(parse(readFileSync(`test/clients/${name}.graphql`, "utf8"))),
);
const operationNamed = (name: string) => print(clients.find((operations) => operations[name])![name]!);
const DASHBOARD = operationNamed("LearnerDashboard");
const TABLE = operationNamed("SupportTable");

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  const instant = new Date();
  server = await serve({ ...app, clock: () => instant });
});
afterAll(() => server.stop());

const FILTER =
  "query ($f: EntitlementFilter, $o: EntitlementOrder) { entitlements(filter: $f, orderBy: $o, first: 3) { totalCount edges { node { id createdAt } } } }";
const LISTED =
  'query ($c: ID! = "c0000000-0000-4000-8000-000000000002") { entitlements(filter: { courseUuids: [$c, "c0000000-0000-4000-8000-000000000003"] }) { totalCount edges { node { id } } } }';
const same: [what: string, actor: Actor, query: string, variables?: object][] = [
  ["the dashboard", ada, DASHBOARD],
  ["the dashboard, page by page", ada, DASHBOARD, { first: 3 }],
  ["the dashboard of a learner without entitlements", actor("empty_handed"), DASHBOARD],
  ["the dashboard of an unknown learner", { ...ada, userId: null, username: "nobody" }, DASHBOARD],
  ["support's table", grace, TABLE, { username: "ada" }],
  [
    "support's table, filtered and sorted",
    grace,
    TABLE,
    { username: "ada", isExpired: true, orderBy: { field: "MODE", direction: "ASC" }, first: 5 },
  ],
  [
    "a filter without a field that has a default",
    grace,
    FILTER,
    { f: { username: "ada" }, o: { field: "MODE" } },
  ],
  [
    "a filter with dates",
    grace,
    FILTER,
    { f: { createdFrom: "2020-01-01T00:00:00Z", createdBefore: "2100-01-01T00:00:00.000Z" } },
  ],
  [
    "an absent variable where the argument has a default",
    ada,
    "query ($n: Int) { viewer { entitlements(first: $n) { totalCount } } }",
  ],
  [
    "an absent variable where the variable has a default",
    ada,
    "query ($n: Int = 2, $s: EntitlementScope! = UNEXPIRED) { viewer { entitlements(first: $n, scope: $s) { edges { cursor } } } }",
  ],
  [
    "a variable inside of an object, absent",
    grace,
    'query ($u: String) { entitlements(filter: { username: $u, mode: "verified" }, first: 2) { totalCount edges { node { id } } } }',
  ],
  ["null for what may be null", grace, FILTER, { f: null, o: null }],
  [
    "aliases, and fields merged under one name",
    ada,
    "{ a: viewer { id } viewer { id username } viewer { entitlements(first: 2) { edges { cursor } } entitlements(first: 2) { edges { node { id } } } } }",
  ],
  [
    "__typename everywhere",
    ada,
    "{ __typename viewer { __typename entitlements(first: 1) { __typename edges { __typename node { __typename } } } } }",
  ],
  [
    "literals of enums and numbers",
    ada,
    "{ viewer { entitlements(scope: UNEXPIRED, first: 2) { totalCount } } }",
  ],
  ["an error beside data", ada, '{ viewer { id } entitlement(id: "x") { id } }'],
  [
    "an error far inside",
    ada,
    '{ viewer { entitlements(first: 2) { edges { node { id user { entitlements(after: "x") { totalCount } } } } } } }',
  ],
  [
    "unions: what changed, and what it referred to",
    actor("hopper", { isStaff: true }),
    `{ history(first: 100) { edges { node {
       state { ... on CourseEntitlement { id } ... on SupportDetail { id } ... on CourseEntitlementPolicy { id } ... on Refund { id } }
       changes { from to toReference { ... on User { id } ... on CourseEnrollment { id } ... on CourseEntitlementPolicy { id } } }
     } } } }`,
  ],
  [
    "errors far inside of several items, which all make the same place null",
    ada,
    '{ viewer { id entitlements(first: 3) { edges { node { id user { id } history(after: "x") { edges { cursor } } } } } } }',
  ],
  [
    "several errors, of which one makes the list null and another does not",
    grace,
    '{ entitlements(first: 2) { edges { node { id supportDetails(after: "x") { edges { cursor } } history(after: "x") { edges { cursor } } } } } }',
  ],
  ["a list with a variable", grace, LISTED, { c: "c0000000-0000-4000-8000-000000000001" }],
  ["a list with the default of a variable", grace, LISTED],
  [
    "a single value and null for lists",
    grace,
    '{ a: entitlements(filter: { ids: "e0000000-0000-4000-8000-000000000001", courseUuids: null }) { totalCount } b: entitlements(filter: null) { totalCount } }',
  ],
  [
    "an enum's variable inside of an object, and one named as the compiler would name its own",
    grace,
    'query ($d: OrderDirection!, $literal0: String) { entitlements(filter: { username: "ada", mode: $literal0 }, orderBy: { field: MODE, direction: $d }) { edges { cursor } } }',
    { d: "ASC", literal0: "verified" },
  ],
  [
    "literals of our own scalars",
    grace,
    `{ entitlements(filter: { username: "ada", createdFrom: "2020-01-01T00:00:00Z" }, asOf: "${new Date().toISOString()}", first: 2) {
       totalCount edges { node { id asOf(at: "2020-01-01T00:00:00Z") { id } } } } }`,
  ],
  ...[true, false].flatMap((a) =>
    [true, false, undefined].map((b): (typeof same)[number] => [
      `conditions with ${a} and ${b}`,
      ada,
      `query ($a: Boolean!, $b: Boolean = true) {
         viewer { id username @skip(if: $a) ...U @include(if: $b) ... @include(if: false) { id } ... on User @skip(if: $b) { username } }
         again: viewer { id @include(if: $a) @skip(if: false) }
         viewer { ...U }
       } fragment U on User { name: username @include(if: $a) entitlements(first: 1) @skip(if: $b) { totalCount } }`,
      { a, b },
    ]),
  ),
  [
    "nothing, where a condition leaves all of it out",
    ada,
    "{ viewer { id } gone: viewer @skip(if: true) { id } }",
  ],
  [
    "fields of one name with the same literals",
    ada,
    "{ viewer { entitlements(first: 2, scope: ALL) { totalCount } ...E } } fragment E on User { entitlements(scope: ALL, first: 2) { edges { cursor } } }",
  ],
  [
    "fragments on the interface",
    ada,
    "{ viewer { entitlements(first: 2) { edges { node { ...N } } } } } fragment N on Node { id ... on CourseEntitlement { mode } }",
  ],
];

/** How many operations the server reports as executed, by kind of execution. */
async function executions() {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const count = (how: string) =>
    Number(new RegExp(`graphql_executions_total{how="${how}"} (\\d+)`).exec(text)?.[1] ?? 0);
  return { compiled: count("compiled"), interpreted: count("interpreted") };
}

test.each(same)(
  "%s gets the same bytes interpreted and compiled",
  async (...[what, asking, given, variables]) => {
    const query = `${given} # ${what}`; // a document that the server has not seen yet
    const before = await executions();
    const answers = [];
    for (let sight = 1; sight <= 3; sight++) answers.push(await server.ask(asking, query, variables));
    const [interpreted, compiled, again] = answers.map(({ status, text }) => `${status} ${text}`);
    expect(compiled).toBe(interpreted);
    expect(again).toBe(interpreted);
    expect(interpreted).not.toContain("INTERNAL");
    if (answers[0]!.body.errors) return; // the interpreter reports it
    const { compiled: count } = await executions();
    expect(count - before.compiled).toBe(2);
  },
);

test.each([
  ["an alias", "{ viewer { id __proto__: username x: username } }", {}],
  ["an alias at the root", "{ __proto__: viewer { id } viewer { id } }", {}],
  [
    "a variable",
    "query ($__proto__: Int) { viewer { entitlements(first: $__proto__) { totalCount edges { cursor } } } }",
    JSON.parse('{"__proto__":2}') as object,
  ],
  [
    "a variable that is not given",
    "query ($constructor: Int) { viewer { entitlements(first: $constructor) { totalCount } } }",
    {},
  ],
  ["a fragment", "{ viewer { ...toString } } fragment toString on User { id }", {}],
  ["an operation", "query valueOf { viewer { id hasOwnProperty: id } }", {}],
])("%s with a name that every object inherits gets the same bytes each time", async (_, query, variables) => {
  const texts = new Set<string>();
  for (let sight = 1; sight <= 3; sight++) texts.add((await server.ask(ada, query, variables)).text);
  expect([...texts]).toHaveLength(1);
  expect([...texts][0]).not.toContain("errors");
});

test.each([
  ["introspection", "{ __schema { queryType { name } } }", {}],
  [
    "an operation that is large with its fragments written out",
    `{ ${"abcdefghijklm".replace(/./g, "$&: viewer { ...V } ")} } fragment V on User { entitlements(first: 1) { edges { node {
       id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state daysSinceCreated expiresAt
       daysUntilExpiration expirationDate isRedeemable redeemBlocker isRegainable regainBlocker isRefundable refundBlocker
       policy { id isDefault mode expirationPeriod refundPeriod regainPeriod }
       enrollment { mode isActive enrolledAt courseRun { key title org number isSelfPaced startsAt endsAt } } } } } }`,
    {},
  ],
  [
    "an operation with many conditions",
    `query (${"abcde".replace(/./g, "$$$&: Boolean!, ")}) { viewer { ${"abcde".replace(/./g, "id @skip(if: $$$&) ")} } }`,
    { a: true, b: true, c: true, d: true, e: false },
  ],
  [
    "a mutation",
    'mutation { leaveSession(input: { entitlementId: "00000000-0000-4000-8000-000000000000" }) { userErrors { code } } }',
    {},
  ],
])("never compiled: %s", async (_, query, variables) => {
  const before = await executions();
  for (let sight = 1; sight <= 3; sight++) expect((await server.ask(ada, query, variables)).status).toBe(200);
  expect(await executions()).toEqual({ ...before, interpreted: before.interpreted + 3 });
});

test("the permission is checked each time a document comes, whoever sent it before", async () => {
  const query =
    "{ viewer { entitlements(first: 1) { edges { node { supportDetails(first: 1) { edges { node { comments } } } } } } } }";
  const statuses = [];
  for (const asking of [ada, grace, ada, grace, null, grace, ada])
    statuses.push((await server.ask(asking, query)).status);
  expect(statuses).toEqual([403, 200, 403, 200, 401, 200, 403]);
});
