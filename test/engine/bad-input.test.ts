import { connect } from "node:net";
import { actor, ada, grace, schema, useDemoApp } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";

/** A value that a client has sent, and that must never be repeated in an answer or in the log. */
const SECRET = "s3cr3t";

let server: TestServer;
const app = useDemoApp();
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const FILTER = "query ($f: EntitlementFilter) { entitlements(filter: $f) { totalCount } }";
const faults: [what: string, query: string, variables: object, argument: string, rule: string][] = [
  [
    "a literal text with a character that cannot be stored",
    `{ entitlements(filter: { username: "${SECRET}\\u0000" }) { totalCount } }`,
    {},
    "filter.username",
    "has a character that no text may have",
  ],
  [
    "a text with a character that cannot be stored",
    "query ($name: String!) { user(username: $name) { id } }",
    { name: `${SECRET}\0` },
    "username",
    "has a character that no text may have",
  ],
  [
    "half a character, deep in a list",
    FILTER,
    { f: { courseUuids: ["x", `${SECRET}\ud800`] } },
    "filter.courseUuids[1]",
    "has a character that no text may have",
  ],
  [
    "a literal of another type",
    `{ entitlements(first: "${SECRET}") { totalCount } }`,
    {},
    "first",
    "must be of type Int.",
  ],
  [
    "a literal enum value",
    `{ viewer { entitlements(scope: ${SECRET}) { totalCount } } }`,
    {},
    "scope",
    "must be of type EntitlementScope!",
  ],
  [
    "a literal date",
    `{ entitlements(filter: { createdFrom: "${SECRET}" }) { totalCount } }`,
    {},
    "filter.createdFrom",
    "must be of type DateTime",
  ],
  [
    "a literal in a list",
    `{ entitlements(filter: { ids: [["${SECRET}"]] }) { totalCount } }`,
    {},
    "filter.ids",
    "must be of type",
  ],
  [
    "a literal object without a required field",
    `{ entitlements(orderBy: { direction: ASC }) { totalCount } }`,
    {},
    "orderBy.field",
    "is required, of type EntitlementOrderField!",
  ],
  [
    "a literal default of a variable",
    `query ($n: Int = "${SECRET}") { entitlements(first: $n) { totalCount } }`,
    {},
    "$n",
    "must be of type Int",
  ],
  [
    "a literal of a directive",
    `{ viewer @include(if: "${SECRET}") { id } }`,
    {},
    "if",
    "of @include must be of type Boolean!",
  ],
  [
    "a variable of another type",
    "query ($n: Int) { entitlements(first: $n) { totalCount } }",
    { n: SECRET },
    "first",
    "must be of type Int",
  ],
  [
    "a variable's date",
    FILTER,
    { f: { createdFrom: SECRET } },
    "filter.createdFrom",
    "must be of type DateTime",
  ],
  [
    "a variable's list item",
    FILTER,
    { f: { ids: ["1", { x: SECRET }] } },
    "filter.ids[1]",
    "must be of type ID!",
  ],
  [
    "a variable's unknown field",
    FILTER,
    { f: { [SECRET]: 1 } },
    "filter",
    "has a field that EntitlementFilter has not",
  ],
  ["a variable that is no object", FILTER, { f: SECRET }, "filter", "must be of type EntitlementFilter"],
  [
    "a variable's missing field",
    "query ($o: EntitlementOrder) { entitlements(orderBy: $o) { totalCount } }",
    { o: {} },
    "orderBy.field",
    "is required, of type EntitlementOrderField!",
  ],
  [
    "a variable's enum value",
    "query ($d: OrderDirection!) { entitlements(orderBy: { field: MODE, direction: $d }) { totalCount } }",
    { d: SECRET },
    "orderBy.direction",
    "must be of type OrderDirection!",
  ],
  [
    "a missing variable",
    "query ($id: ID!) { entitlement(id: $id) { id } }",
    {},
    "id",
    "is required, of type ID!",
  ],
  [
    "a variable that is null",
    "query ($id: ID!) { entitlement(id: $id) { id } }",
    { id: null },
    "id",
    "must be of type ID!",
  ],
  [
    "null inside an input object where only the field notices",
    "query ($d: OrderDirection = DESC) { entitlements(first: 1, orderBy: { field: CREATED_AT, direction: $d }) { totalCount } }",
    { d: null },
    "orderBy.direction",
    "must not be null or missing",
  ],
  ["a UUID", `{ entitlement(id: "${SECRET}") { id } }`, {}, "id", "must be a UUID"],
  ["a UUID in a filter", FILTER, { f: { ids: [SECRET] } }, "filter.ids", "must hold UUIDs"],
  [
    "a cursor",
    `{ entitlements(after: "${SECRET}") { totalCount } }`,
    {},
    "after",
    "is not a cursor of this list",
  ],
  [
    "a cursor that is too long",
    `{ entitlements(after: "${SECRET.repeat(400)}") { totalCount } }`,
    {},
    "after",
    "is not a cursor of this list",
  ],
  ["the size of a page", "{ entitlements(first: 101) { totalCount } }", {}, "first", "must be from 1 to 100"],
];

test.each(faults)(
  "an error about %s names the argument and the rule, and does not repeat the value",
  async (_, query, variables, argument, rule) => {
    const { body, text } = await server.ask(grace, query, variables);
    expect(body.errors![0]!.message).toContain(rule);
    expect(body.errors![0]!.message).toContain(`Argument "${argument}"`);
    expect(body.errors![0]!.extensions).toEqual({ code: "BAD_USER_INPUT", argument });
    expect(text).not.toContain(SECRET);
  },
);

test("input errors are the same for interpreted and compiled operations", async () => {
  for (const [, query, variables] of faults) {
    const texts = new Set<string>();
    for (let sight = 1; sight <= 4; sight++) texts.add((await server.ask(grace, query, variables)).text);
    expect([...texts]).toHaveLength(1);
  }
});

const everything = actor("hopper", { isSupport: true, isStaff: true, isService: true, isSuperuser: true });
const list = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const object = (levels: number) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
const DEEP = { lists: list(2_000), "very many lists": list(12_000), objects: object(12_000) };

/** Sends a body as text, because a deep one cannot be made by JSON.stringify. */
const post = async (body: string, as: typeof ada | null = everything) =>
  send(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(as && { authorization: await authorization(as) }) },
    body,
  });
const errorsLogged = () => server.logged.filter(({ level }) => Number(level) > 30);

const rootFields = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
  Object.values(type.getFields()).map(
    (field) => [`${type.name}.${field.name}`, type.name.toLowerCase(), field] as const,
  ),
);

test.each(rootFields.filter(([, , { args }]) => args.length > 0))(
  "%s: a variable that is nested too deeply is bad input",
  async (_, operation, { name, args }) => {
    const types = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(", ");
    const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
    const query = JSON.stringify(`${operation} (${types}) { ${name}(${given}) { __typename } }`);
    for (const arg of args)
      for (const deep of Object.values(DEEP)) {
        const { status, text, body } = await post(`{"query":${query},"variables":{"${arg.name}":${deep}}}`);
        expect(status).toBe(400);
        expect(text).toContain("has more than the 20 levels of lists and objects allowed");
        for (const { extensions } of body.errors!) expect(extensions["code"]).toBe("BAD_USER_INPUT");
      }
    expect(errorsLogged()).toEqual([]);
  },
);

const conditional = JSON.stringify("query ($a: Boolean!) { __typename @skip(if: $a) }");
const query = JSON.stringify("{ __typename }");
const literal = JSON.stringify(`{ viewer { id @skip(if: ${list(480)}) } }`);
test.each<[what: string, body: string, status: number]>([
  ["a deep variable", `{"query":${conditional},"variables":{"a":${DEEP["very many lists"]}}}`, 400],
  ["a deep variable that is not used", `{"query":${query},"variables":{"b":${DEEP.objects}}}`, 200],
  ["deep variables", `{"query":${query},"variables":${DEEP.lists}}`, 400],
  ["deep extensions", `{"query":${query},"extensions":{"a":${DEEP.objects}}}`, 200],
  ["a deep document", `{"query":${DEEP.lists}}`, 400],
  ["a deep name of an operation", `{"query":${query},"operationName":${DEEP.objects}}`, 400],
  ["only deep brackets", DEEP["very many lists"], 400],
  ["a deep literal", `{"query":${literal}}`, 400],
  ["a number beyond all bounds", `{"query":${conditional},"variables":{"a":1e999}}`, 400],
  [
    "names of prototypes",
    `{"query":${conditional},"variables":{"__proto__":{"a":true}},"__proto__":{}}`,
    400,
  ],
  ["a variable for the prototype", `{"query":${query},"variables":{"constructor":{"prototype":1}}}`, 200],
])("%s from an anonymous caller does not count as an error of the server", async (_, body, status) => {
  expect((await post(body, null)).status).toBe(status);
  expect(errorsLogged()).toEqual([]);
});

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
const whole = '{"query":"{ viewer { id } }"}';
test.each([
  ["in the middle of its body", `${head(50)}{`],
  [
    "in the middle of a chunk",
    head(5).replace(/content-length: 5/, "transfer-encoding: chunked") + "ff\r\n{",
  ],
  ["while it is answered", `${head(whole.length)}${whole}`.repeat(20)],
  ["after more bytes than a body may have", head(9_000_000) + "x".repeat(3_000_000)],
])("a client that drops its connection %s writes no warning to the log", async (_, sent) => {
  const quiet = server.logged.length;
  for (const drop of ["end", "destroy", "resetAndDestroy"] as const)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () =>
        socket.write(sent, () => socket[drop]()),
      );
      socket
        .on("error", () => undefined)
        .on("close", () => resolve())
        .resume();
    });
  await server.ask(ada, "{ viewer { id } }"); // by now the server has noticed the dropped connections
  expect(server.logged.slice(quiet).filter(({ level }) => Number(level) > 30)).toEqual([]);
});

test("input errors get status 400 when nothing ran, and 200 for clients that accept only application/json", async () => {
  const query = "query ($id: ID!) { entitlement(id: $id) { id } }";
  const statuses = [
    "*/*",
    "application/graphql-response+json",
    "application/json",
    "application/graphql-response+json, application/json;q=0.9",
  ];
  const answers = await Promise.all(statuses.map((accept) => server.ask(ada, query, {}, { accept })));
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 200, 400]);
});

test.each([
  ["a string with a syntax error", `{ viewer { id "${SECRET}" } }`],
  ["a block string with a syntax error", `{ viewer """${SECRET}""" }`],
  ["a number with a syntax error", "{ viewer { 31337 } }"],
])("the error message does not repeat %s", async (_, query) => {
  const { status, text, body } = await server.ask(ada, query);
  expect(status).toBe(400);
  expect(body.errors![0]!.extensions).toEqual({ code: "GRAPHQL_PARSE_FAILED" });
  expect(text).not.toMatch(/s3cr3t|31337/);
});

test("the error message does not repeat the name of a missing operation", async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "query A { __typename } query B { __typename }", operationName: SECRET }),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).not.toContain(SECRET);
});

test("an object of another learner and a missing object get the same bytes", async () => {
  const theirs = await server.ask(ada, "{ viewer { entitlements(first: 1) { edges { node { id } } } } }");
  const id = JSON.stringify(theirs.body).match(/[0-9a-f-]{36}/)![0];
  const query = "query ($id: ID!) { entitlement(id: $id) { id } }";
  const other = { ...ada, userId: "4", username: "bob" };
  const [notTheirs, missing] = [
    await server.ask(other, query, { id }),
    await server.ask(other, query, { id: "00000000-0000-4000-8000-000000000000" }),
  ];
  expect(notTheirs.text).toBe(missing.text);
  expect((await server.ask(ada, query, { id })).text).toContain(id);
});
