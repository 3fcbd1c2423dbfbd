import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { openTestDatabase } from "../support/database";
import { ada } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { until } from "../support/waiting";

let server: TestServer;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  database = await openTestDatabase();
  server = await serve(database);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const post = (body: string, headers: Record<string, string> = {}) =>
  send(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

test("/healthz says that the process is alive, /readyz that it can answer", async () => {
  expect(await send(`${server.url}/healthz`)).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await send(`${server.url}/readyz`)).toMatchObject({ status: 200, body: { status: "ready" } });
});

test("/readyz says 503 while migrations are missing", async () => {
  await database.db.query('UPDATE "migrations" SET "name" = "name" || \'x\'');
  await until(async () => (await send(`${server.url}/readyz`)).status === 503); // a finding is kept for a second
  const { status, body } = await send(`${server.url}/readyz`);
  await database.db.query('UPDATE "migrations" SET "name" = left("name", -1)');
  expect({ status, body }).toEqual({ status: 503, body: { status: "The database lacks migrations." } });
});

test("anything else is a JSON 404", async () => {
  const { status, body } = await send(`${server.url}/nothing?here`);
  expect(status).toBe(404);
  expect(body.errors![0]!.extensions).toEqual({ code: "NOT_FOUND" });
});

test.each([
  ["invalid JSON", "{", {}, 400],
  ["nothing at all", "", {}, 400],
  ["JSON that is not an object", '"{ __typename }"', {}, 400],
  ["another content type", "{ __typename }", { "content-type": "application/graphql" }, 415],
  ["a content type that only begins alike", "{}", { "content-type": "application/jsonp" }, 415],
  ["a compressed body", "{}", { "content-encoding": "gzip" }, 415],
])("a body that is %s gets a JSON error", async (_, body, headers, status) => {
  const answer = await post(body, headers);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.body.errors![0]!.extensions).toEqual({ code: "BAD_REQUEST" });
});

test("the server makes the id of a request, and logs a harmless id of the client beside it", async () => {
  const given = ["a-1.b_2:c", "x".repeat(65), "with space", '"><script>', undefined];
  const ids: (string | null)[] = [];
  for (const id of given) {
    const headers: Record<string, string> = id === undefined ? {} : { "x-request-id": id };
    ids.push((await server.ask(null, "{ __typename }", {}, headers)).headers.get("x-request-id"));
  }
  for (const id of ids) expect(id).toMatch(/^[\w-]{16}$/);
  expect(new Set(ids).size).toBe(ids.length);
  const lines = ids.map((id) => server.logged.find(({ requestId }) => requestId === id)!);
  expect(lines.map(({ clientRequestId }) => clientRequestId)).toEqual([
    "a-1.b_2:c",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a bad token gets 401 with the same body for every fault, before the request is processed", async () => {
  const good = await authorization(ada);
  const answers = await Promise.all(
    ["JWT x.y.z", "Basic YTpi", `${good}x`, good.replace("JWT", "Token")].map((header) =>
      post('{"query":"{ __typename }"}', { authorization: header }),
    ),
  );
  for (const { status, headers } of answers) {
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toBe("JWT");
  }
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers[0]!.body.errors![0]!.extensions).toEqual({ code: "UNAUTHENTICATED" });
});

test("answers forbid caching", async () => {
  const { headers } = await server.ask(ada, "{ __typename }");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("a query by GET is answered when the request cannot come from a form, and a mutation never", async () => {
  const headers = { "apollo-require-preflight": "true" };
  const url = `${server.url}/graphql?query=`;
  expect((await send(`${url}%7B__typename%7D`, { headers })).body).toEqual({ data: { __typename: "Query" } });
  expect((await send(`${url}mutation%7B__typename%7D`, { headers })).status).toBe(405);
});

/** GraphiQL's start script, or another file with tokens, as a browser requests it with these headers. */
async function startScriptAt(
  url: string,
  headers: Record<string, string>,
  path = "/graphiql/start.js",
): Promise<string> {
  const asked = request(`${url}${path}`, { headers }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return text(response);
}

test("in development the explorers have tokens of the demo world, but only under the names of this machine", async () => {
  const dataDir = `/tmp/explorers-${process.pid}`;
  const open = await serve(database, { JWT_JWK_SET: "", DATA_DIR: dataDir });
  const sandbox = await send(`${open.url}/`);
  expect(sandbox.text).toContain('initialEndpoint: window.location.origin + "/graphql"');
  expect(sandbox.text).toContain('<a href="/graphiql">');
  const csp = sandbox.headers.get("content-security-policy")!;
  expect(csp).toMatch(/default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/);
  const [, nonce] = /'nonce-([^']+)'/.exec(csp)!;
  expect(sandbox.text.match(/<script[^>]*>/g)).toEqual([`<script nonce="${nonce}">`]);
  expect(sandbox.text).toContain('"runTelemetry":false');
  expect((await send(`${open.url}/graphql`, { headers: { accept: "text/html" } })).text).toContain(
    "EmbeddedSandbox",
  );
  const script = await send(`${open.url}/graphiql/start.js`);
  const token = /JWT [\w.-]+/.exec(script.text)![0];
  for (const [host, tokens] of [
    ["evil.example", 0],
    ["localhost.evil.example:4000", 0],
    ["LOCALHOST:4000", 4],
    ["127.0.0.1", 4],
    ["[::1]:4000", 4],
  ] as const)
    expect(new Set((await startScriptAt(open.url, { host })).match(/eyJ[\w.-]+/g)).size).toBe(tokens);
  // A page of another site, or of another server of this machine, may load what it likes, but no token.
  for (const path of ["/graphiql/start.js", "/console/accounts.json", "/"])
    for (const [site, mode, isTold] of [
      ["cross-site", "no-cors", false],
      ["same-site", "no-cors", false],
      ["same-origin", "no-cors", true],
      ["cross-site", "navigate", true], // by a link
      ["none", "navigate", true],
    ] as const) {
      const headers = { host: "localhost", "sec-fetch-site": site, "sec-fetch-mode": mode };
      expect([path, site, (await startScriptAt(open.url, headers, path)).includes("eyJ")]).toEqual([
        path,
        site,
        isTold,
      ]);
    }
  const { status } = await send(`${open.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: JSON.stringify({ query: "{ viewer { username } }" }),
  });
  expect(status).toBe(200);
  await open.stop();
  rmSync(dataDir, { recursive: true });
});

test("GraphiQL's page may only contact this server, and no page of another origin loads its files; there are no others", async () => {
  for (const path of [
    "",
    "/react.js",
    "/react-dom.js",
    "/graphiql.js",
    "/graphiql.css",
    "/start.js",
    "/start.css",
  ]) {
    const { status, headers } = await send(`${server.url}/graphiql${path}`);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*connect-src 'self'/);
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  }
  for (const path of ["/package.json", "/..%2fpackage.json", "/../../package.json", "/"])
    expect((await send(`${server.url}/graphiql${path}`)).status).toBe(404);
});

test("in development only the pages of Apollo Studio may send requests from another origin", async () => {
  const preflight = async (origin: string) => {
    const headers = { origin, "access-control-request-method": "POST" };
    const answer = await send(`${server.url}/graphql`, { method: "OPTIONS", headers });
    return answer.headers.get("access-control-allow-origin");
  };
  expect(await preflight("https://studio.apollographql.com")).toBe("https://studio.apollographql.com");
  expect(await preflight("https://evil.example")).toBeNull();
});

/** Sends bytes and waits for the server to close; resolves with the seconds that it took. */
function secondsUntilClosed(...parts: string[]): Promise<{ seconds: number; text: string }> {
  const start = performance.now();
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () =>
      parts.forEach((part) => socket.write(part)),
    );
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("close", () => resolve({ seconds: (performance.now() - start) / 1000, text }));
  });
}

test("slow requests are ended: headers must arrive within 10 s, the whole request within 15 s", async () => {
  const head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  const [headers, body] = await Promise.all([
    secondsUntilClosed(head),
    secondsUntilClosed(`${head}content-length: 50\r\n\r\n{`),
  ]);
  for (const { text } of [headers, body]) expect(text).toMatch(/^HTTP\/1\.1 408/);
  expect(headers.seconds).toBeGreaterThan(9.5);
  expect(headers.seconds).toBeLessThan(13);
  expect(body.seconds).toBeGreaterThan(14.5);
  expect(body.seconds).toBeLessThan(18);
});

test("a port that is in use makes the start fail", async () => {
  await expect(serve(database, { PORT: new URL(server.url).port })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});

test("HEAD runs no query", async () => {
  const status = await new Promise<number>((resolve, reject) => {
    request(`${server.url}/graphql`, { method: "HEAD" }, (response) => resolve(response.statusCode!))
      .on("error", reject)
      .end();
  });
  expect(status).toBeGreaterThanOrEqual(400);
});
