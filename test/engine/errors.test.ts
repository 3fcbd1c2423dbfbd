import { buildSchema, GraphQLError, type GraphQLSchema } from "graphql";
import { anyone } from "../../src/auth/who";
import type { Actor } from "../../src/auth/actor";
import { ada } from "../support/demo-app";
import { openTestDatabase } from "../support/database";
import { serve, type TestServer } from "../support/http";

/** Values that must be neither in an answer nor in the log. */
const SECRET = "s3cr3t";

const schema: GraphQLSchema = buildSchema(`
  type Query { fails(with: String): String  must: String!  fine: String }
  type Mutation { done: Query  fails: Query }
`);
const { fails, must, fine } = schema.getQueryType()!.getFields();
const failures: Record<string, () => unknown> = {
  error: () => new TypeError(`Cannot read ${__filename} of "${SECRET}"`),
  thing: () => SECRET,
  outage: () => Object.assign(new Error(`lock timeout of "${SECRET}"`), { code: "55P03" }),
  graphql: () => new GraphQLError(`no code: "${SECRET}"`),
  sql: () =>
    Object.assign(new Error(`invalid input syntax for type uuid: "${SECRET}"`), {
      code: "22P02",
      query: "SELECT 1",
      parameters: [SECRET],
      detail: `Key (order_number)=(${SECRET}) already exists.`,
    }),
};
fails!.resolve = (_source, args: { with: string }) => {
  throw failures[args.with]!();
};
must!.resolve = () => null;
fine!.resolve = () => "fine";
const mutations = schema.getMutationType()!.getFields();
mutations["done"]!.resolve = () => ({});
mutations["fails"]!.resolve = () => {
  throw failures["outage"]!();
};
let server: TestServer;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
const ask = (query: string, actor: Actor = ada, headers: Record<string, string> = {}) =>
  server.ask(actor, query, {}, headers);
beforeAll(async () => {
  database = await openTestDatabase();
  server = await serve(
    database,
    {},
    { schema, permissions: { Query: { "*": anyone }, Mutation: { "*": anyone } } },
  );
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test.each(Object.keys(failures).filter((kind) => kind !== "outage"))(
  "an error of the server is masked, and logged under the request id (%s)",
  async (kind) => {
    for (let sight = 1; sight <= 3; sight++) {
      const { status, body, text, headers } = await ask(`{ fails(with: "${kind}") fine }`);
      const id = headers.get("x-request-id");
      expect(status).toBe(200);
      expect(body.data).toEqual({ fails: null, fine: "fine" });
      expect(body.errors).toEqual([
        {
          message: "An internal error has occurred. The request id helps us to find the cause.",
          locations: [{ line: 1, column: 3 }],
          path: ["fails"],
          extensions: { code: "INTERNAL_SERVER_ERROR", requestId: id },
        },
      ]);
      expect(text).not.toMatch(/s3cr3t|SELECT|\/dist\/|at .*:\d+/);
      const entry = server.logged.find((line) => line["requestId"] === id && line["msg"] === "unexpected");
      expect(entry).toMatchObject({ level: 50, path: ["fails"] });
    }
  },
);

test("the log shows the kind and the place of an error of the server, but no value", async () => {
  const before = server.logged.length;
  await ask('{ fails(with: "sql") }');
  await ask('{ fails(with: "error") }');
  const entries = server.logged.slice(before).filter((line) => line["error"]);
  expect(entries.map((entry) => entry["error"])).toMatchObject([
    { type: "Error", code: "22P02", message: 'invalid input syntax for type uuid: "…"' },
    {
      type: "TypeError",
      frames: expect.arrayContaining([expect.stringContaining("errors.test")]) as unknown,
    },
  ]);
  expect(JSON.stringify(server.logged)).not.toMatch(/s3cr3t|SELECT|JWT|"ada"/);
});

test("null in a field that is not nullable is an error of the server", async () => {
  for (let sight = 1; sight <= 3; sight++) {
    const { body, text } = await ask("{ must }");
    expect(body.errors![0]!.extensions["code"]).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toContain("non-nullable");
  }
});

test("there is one log line for each request, with its actor, operation, duration and outcome", async () => {
  const { headers } = await ask("query Named { fine }", ada, { "x-request-id": "one-line" });
  expect(server.logged.filter((line) => line["clientRequestId"] === "one-line")).toEqual([
    expect.objectContaining({
      level: 20,
      requestId: headers.get("x-request-id"),
      actor: "1",
      operation: "Named",
      status: 200,
      ms: expect.any(Number) as number,
    }),
  ]);
});

const CARRIED_OUT = "has been carried out";
test.each<[what: string, document: string, status: number, carriedOut: boolean[]]>([
  ["an outage in its payload", 'mutation { done { fine fails(with: "outage") } }', 200, [true]],
  ["a fault of ours in its payload", 'mutation { done { fine fails(with: "error") } }', 200, [true]],
  ["an empty field that makes the payload null", "mutation { done { must } }", 200, [true]],
  ["an outage of a later mutation", "mutation { done { fine } fails { fine } }", 200, [false]],
  ["an outage of an earlier mutation", "mutation { fails { fine } done { fine } }", 200, [false]],
  ["an outage of itself", "mutation { fails { fine } }", 503, [false]],
  ["an outage in a query", '{ fine fails(with: "outage") }', 503, [false]],
])(
  "a mutation that was done stays done in the answer, and only that: %s",
  async (_, document, status, carriedOut) => {
    const answer = await ask(document);
    expect(answer.status).toBe(status);
    expect(answer.body.errors!.map(({ message }) => message.includes(CARRIED_OUT))).toEqual(carriedOut);
    expect(answer.body.data === undefined).toBe(status === 503);
    expect(answer.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
    expect(answer.text).not.toContain(SECRET);
  },
);
