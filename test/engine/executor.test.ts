import { readFileSync } from "node:fs";
import { buildSchema, getOperationAST, parse, print, separateOperations } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { isCompilable } from "../../src/engine/execution/compiler";
import { actor, ada, grace, useDemoApp, schema } from "../support/demo-app";
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
const same: [what: string, actor: Actor, query: string, variables?: object][] = [
  ["the dashboard", ada, DASHBOARD],
  ["the dashboard, page by page", ada, DASHBOARD, { first: 3 }],
  ["the dashboard of somebody without entitlements", actor("empty_handed"), DASHBOARD],
  ["the dashboard of somebody unknown", { ...ada, userId: null, username: "nobody" }, DASHBOARD],
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
  [
    "fragments on the interface",
    ada,
    "{ viewer { entitlements(first: 2) { edges { node { ...N } } } } } fragment N on Node { id ... on CourseEntitlement { mode } }",
  ],
];

test.each(same)(
  "%s gets the same bytes interpreted and compiled",
  async (...[, asking, query, variables]) => {
    const answers = [];
    for (let sight = 1; sight <= 3; sight++) answers.push(await server.ask(asking, query, variables));
    const [interpreted, compiled, again] = answers.map(({ status, text }) => `${status} ${text}`);
    expect(compiled).toBe(interpreted);
    expect(again).toBe(interpreted);
    expect(interpreted).not.toContain("INTERNAL");
  },
);

const operationOf = (source: string) => {
  const document = parse(source);
  return [schema, document, getOperationAST(document)!] as const;
};

test.each(same.map(([what, , query]) => [what, query]))("%s is compiled when it comes again", (_, query) => {
  expect(isCompilable(...operationOf(query))).toBe(true);
});

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
  ["conditions, which the compiler reads its own way in fragments", "{ viewer { id @include(if: true) } }"],
  [
    "literals of scalars of ours, which it turns into text",
    '{ entitlements(filter: { createdFrom: "2020-01-01T00:00:00Z" }) { totalCount } }',
  ],
  [
    "variables inside of objects that must not be null, or have a default",
    "query ($d: OrderDirection!) { entitlements(orderBy: { field: MODE, direction: $d }) { totalCount } }",
  ],
  ["lists", "query ($id: ID!) { entitlements(filter: { ids: [$id] }) { totalCount } }"],
  ["introspection", "{ __schema { queryType { name } } }"],
  [
    "what is large with its fragments written out",
    `{ viewer { ${"...A ".repeat(101)} } } fragment A on User { id id id id id }`,
  ],
])("never compiled: %s", (_, query) => {
  expect(isCompilable(...operationOf(query))).toBe(false);
});

test("mutations are never compiled", () => {
  const schema = buildSchema("type Query { a: Int } type Mutation { a: Int }");
  const document = parse("mutation { a }");
  expect(isCompilable(schema, document, getOperationAST(document)!)).toBe(false);
});

test("who may ask is decided alike for each sight of a document, whoever asked before", async () => {
  const query =
    "{ viewer { entitlements(first: 1) { edges { node { supportDetails(first: 1) { edges { node { comments } } } } } } } }";
  const statuses = [];
  for (const asking of [ada, grace, ada, grace, null, grace, ada])
    statuses.push((await server.ask(asking, query)).status);
  expect(statuses).toEqual([403, 200, 403, 200, 401, 200, 403]);
});
