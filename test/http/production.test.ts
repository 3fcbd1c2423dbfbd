import { readFileSync } from "node:fs";
import { getIntrospectionQuery } from "graphql";
import { ada, actor, useDemoApp } from "../support/demo-app";
import { PRODUCTION, send, serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await serve(app, PRODUCTION);
  url = `${server.url}/graphql`;
});
afterAll(() => server.stop());

const JSON_TYPE = { "content-type": "application/json" };
const post = (body: unknown, headers: Record<string, string> = {}) =>
  send(url, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });
const get = (query: string, headers: Record<string, string> = {}) =>
  send(`${url}?query=${encodeURIComponent(query)}`, { headers });

/** The checks that scanners of GraphQL servers run, as they run them: without a token, and with a learner's. */
describe.each([
  ["nobody", null],
  ["a learner", ada],
])("twelve checks of a production server, by %s", (_, asking) => {
  const ask = (query: string) => server.ask(asking, query);

  test("1. field suggestions: the error for a wrong name does not suggest the right one", async () => {
    for (const near of [
      "{ viewe { id } }",
      "{ viewer { usernam } }",
      "{ viewer { entitlements(scop: ALL) { totalCount } } }",
    ])
      expect((await ask(near)).text).not.toContain("Did you mean");
  });

  test("2. introspection: off", async () => {
    const { status, body } = await ask(getIntrospectionQuery());
    expect(status).toBe(asking ? 403 : 401);
    expect(body.data).toBeUndefined();
    expect((await ask('{ __type(name: "User") { name } }')).body.data).toBeUndefined();
  });

  test("3. explorers: no page anywhere", async () => {
    for (const path of ["/", "/graphql", "/graphiql", "/graphiql/start.js", "/playground", "/sandbox"]) {
      const answer = await send(`${server.url}${path}`, { headers: { accept: "text/html" } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get("content-type")).toMatch(/json/);
      expect(answer.text).not.toMatch(/<html|graphiql|sandbox/i);
    }
  });

  test("4. queries by GET: refused when a form or an image could have sent them", async () => {
    expect((await get("{ __typename }")).status).toBe(400);
    expect((await get("{ __typename }")).body.data).toBeUndefined();
  });

  test("5. alias overloading: 101 aliases", async () => {
    const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}: __typename`).join(" ");
    expect((await ask(`{ ${aliases} }`)).body.data).toBeUndefined();
  });

  test("6. batching by array", async () => {
    const { status, body } = await post(Array.from({ length: 10 }, () => ({ query: "{ __typename }" })));
    expect(status).toBe(400);
    expect(body).toEqual({ errors: [expect.objectContaining({ message: expect.any(String) as string })] });
  });

  test("7. trace mode: no tracing in the answer", async () => {
    const { body } = await post({ query: "{ __typename }" }, { "apollo-federation-include-trace": "ftv1" });
    expect(body).toEqual({ data: { __typename: "Query" } });
  });

  test("8. directive overloading", async () => {
    const known = await ask(`{ __typename ${"@include(if: true) ".repeat(10)}}`);
    const unknown = await ask(`{ __typename ${"@aa".repeat(10)} }`);
    for (const { status, body } of [known, unknown]) {
      expect(status).toBe(400);
      expect(body.errors!.length).toBeLessThan(10);
    }
  });

  test("9. circular introspection", async () => {
    const circle =
      "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    expect((await ask(circle)).body.data).toBeUndefined();
  });

  test("10. mutations by GET", async () => {
    for (const headers of [{}, { "apollo-require-preflight": "true" }]) {
      const { status, body } = await get("mutation { __typename }", headers as Record<string, string>);
      expect([400, 405]).toContain(status);
      expect(body.data).toBeUndefined();
    }
  });

  test("11. queries by form", async () => {
    const { status, body } = await send(url, {
      method: "POST",
      body: new URLSearchParams({ query: "{ __typename }" }),
    });
    expect(status).toBe(415);
    expect(body.data).toBeUndefined();
  });

  test("12. unhandled errors: no details of the server", async () => {
    const bad = [await ask("{"), await ask("query { nothing"), await post({ query: 5 }), await post({})];
    for (const { status, text } of bad) {
      expect(status).toBe(400);
      expect(text).not.toMatch(/stacktrace|node_modules|\.js|exception|at /);
    }
  });
});

test("staff may introspect in production, and get the whole schema", async () => {
  const { status, body } = await server.ask(actor("hopper", { isStaff: true }), getIntrospectionQuery());
  expect(status).toBe(200);
  const types = (body.data as { __schema: { types: { name: string }[] } }).__schema.types.map(
    ({ name }) => name,
  );
  const written = [
    ...readFileSync("schema.graphql", "utf8").matchAll(/^(?:type|enum|input|interface|scalar) (\w+)/gm),
  ];
  expect(types).toEqual(expect.arrayContaining(written.map(([, name]) => name)));
});

test("an operator can enable the explorers, which then show no tokens", async () => {
  const open = await serve({ db: {} as never }, { ...PRODUCTION, EXPLORERS: "on" });
  expect((await send(`${open.url}/graphiql`)).text).toContain("GraphiQL");
  expect((await send(`${open.url}/graphiql/start.js`)).text).toContain("<your token>");
  expect((await send(`${open.url}/`)).text).not.toContain("eyJ");
  await open.stop();
});

test("no other origin is allowed", async () => {
  for (const origin of ["https://evil.example", "https://studio.apollographql.com", "null"]) {
    const { status, headers } = await send(url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("a browser that was answered by HTTPS asks by nothing else for a year", async () => {
  const by = async (forwarded: string) =>
    (await send(`${server.url}/healthz`, { headers: { "x-forwarded-proto": forwarded } })).headers.get(
      "strict-transport-security",
    );
  expect(await by("https")).toBe("max-age=31536000");
  expect(await by("http")).toBeNull();
});
