import { connect } from "node:net";
import { PIECES_AT_MOST } from "../../src/http/body";
import { actor, ada, useDemoApp } from "../support/demo-app";
import { send, serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "on" });
});
afterAll(() => server.stop());

const hopper = actor("hopper", { isStaff: true });

test.each([
  ["nobody", null],
  ["a learner", ada],
  ["staff", hopper],
])(
  "an operation of a type that the schema does not have is an error of the document, also from %s",
  async (_, asking) => {
    for (const query of [
      "subscription { viewer { id } }",
      "subscription { x }",
      "subscription S { __typename }",
    ]) {
      const { status, body } = await server.ask(asking, query);
      expect(status).toBe(400);
      expect(body.errors!.map(({ extensions }) => extensions["code"])).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
      expect(body.errors![0]!.message).toBe("The subscription operation is not supported by the schema.");
    }
  },
);

test("a document that is only named by its hash is not known, and the client is told to send it", async () => {
  const { status, body } = await send(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
  });
  expect([status, body.errors![0]!.extensions["code"]]).toEqual([200, "PERSISTED_QUERY_NOT_SUPPORTED"]);
});

/** Sends bytes and resolves with what comes back until the server closes, or has answered and is silent. */
function exchange(
  ...parts: (string | Buffer)[]
): Promise<{ text: string; status: number; isClosed: boolean }> {
  return new Promise((resolve) => {
    let text = "";
    const done = (isClosed: boolean) => {
      socket.destroy();
      resolve({ text, status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), isClosed });
    };
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () =>
      parts.forEach((part) => socket.write(part)),
    );
    socket.on("data", (chunk) => {
      text += String(chunk);
      if (/\r\n\r\n[^]/.test(text)) socket.setTimeout(200, () => done(false));
    });
    socket.on("error", () => undefined).on("close", () => done(true));
  });
}

test.each([
  ["two", "host: a\r\nhost: b"],
  ["the same host twice", "Host: a\r\nhOST: a"],
  ["none", "accept: */*"],
  ["one with a blank", "host: a b"],
  ["one with a path", "host: a/b"],
  ["one with a user", "host: me@a"],
])("a request with %s for a host is refused", async (_, headers) => {
  expect((await exchange(`GET /healthz HTTP/1.1\r\n${headers}\r\n\r\n`)).status).toBe(400);
});

test.each(["a", "a.example:80", "[::1]:4000", "127.0.0.1", ""])("%j is a host", async (host) => {
  expect((await exchange(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\n\r\n`)).status).toBe(200);
});

test("a target with its host, as proxies send it, is answered like the path in it", async () => {
  const body = '{"query":"{ __typename }"}';
  const post = `host: other\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  expect((await exchange("GET http://a.example/healthz HTTP/1.1\r\nhost: other\r\n\r\n")).status).toBe(200);
  expect((await exchange(`POST HTTP://a.example:4000/graphql HTTP/1.1\r\n${post}`)).text).toContain(
    '"Query"',
  );
  const get = "/graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: a\r\napollo-require-preflight: 1\r\n\r\n";
  expect((await exchange(`GET https://a.example${get}`)).text).toContain('"Query"');
  expect((await exchange("GET http://a.example/nothing HTTP/1.1\r\nhost: a\r\n\r\n")).status).toBe(404);
  expect((await exchange("GET http://a b/healthz HTTP/1.1\r\nhost: a\r\n\r\n")).status).toBe(400);
  expect((await exchange("GET http://me@a/healthz HTTP/1.1\r\nhost: a\r\n\r\n")).status).toBe(400);
});

test.each([
  ["GET", "/graphql?query=%7B__typename%7D"],
  ["POST", "/graphql"],
  ["OPTIONS", "/graphql"],
  ["GET", "/export/history.csv"],
  ["GET", "/events"],
  ["POST", "/api/v1/accounts/retire/"],
  ["GET", "/history/checkpoint"],
  ["GET", "/console"],
  ["GET", "/graphiql"],
  ["GET", "/metrics"],
  ["GET", "/nowhere"],
])("%s %s: a header that would take long to take apart is refused unread", async (method, path) => {
  for (const name of [
    "content-type",
    "accept",
    "accept-encoding",
    "accept-language",
    "if-none-match",
    "last-event-id",
    "x-forwarded-proto",
  ]) {
    const ask = (length: number) =>
      send(`${server.url}${path}`, { method, headers: { [name]: `a${" ".repeat(length - 2)}b` } });
    expect(await ask(1_001)).toMatchObject({
      status: 431,
      body: {
        errors: [
          {
            message: `The header ${name} has more than 1000 characters.`,
            extensions: { code: "BAD_REQUEST" },
          },
        ],
      },
    });
    expect((await ask(1_000)).status).not.toBe(431);
  }
});

test("a header that nothing here takes apart, and a token, may be long", async () => {
  for (const name of ["referer", "baggage", "authorization", "cookie"]) {
    const headers = { [name]: `a${" ".repeat(12_000)}b` };
    expect((await send(`${server.url}/healthz`, { headers })).status).toBe(200);
  }
});

const query = '{"query":"{ __typename }"}';
const JSON_TYPE = "application/json";
test.each<[what: string, type: string, body: string | Buffer, status: number]>([
  ["a byte order mark", JSON_TYPE, `\ufeff${query}`, 200],
  ["two byte order marks", JSON_TYPE, `\ufeff\ufeff${query}`, 400],
  ["UTF-8 by name", `${JSON_TYPE}; charset=utf-8`, query, 200],
  ["UTF-8 in quotes and capitals", `${JSON_TYPE}; Charset="UTF-8"; x=y`, query, 200],
  ["UTF-8 and many blanks", `${JSON_TYPE}; x=${" ".repeat(900)}b`, query, 200],
  ["Latin 1", `${JSON_TYPE}; charset=iso-8859-1`, query, 415],
  ["UTF-7", `${JSON_TYPE};charset="utf-7"`, query, 415],
  ["UTF-16 by name", `${JSON_TYPE}; charset=utf-16`, query, 415],
  ["UTF-16", JSON_TYPE, Buffer.from(query, "utf16le"), 400],
  [
    "bytes that are not UTF-8",
    JSON_TYPE,
    Buffer.from('{"query":"{ __typename }","x":"\xe4"}', "latin1"),
    400,
  ],
])("a body with %s is read as UTF-8, or refused", async (_, type, body, status) => {
  const answer = await send(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": type },
    body: new Uint8Array(Buffer.from(body as string)),
  });
  expect(answer.status).toBe(status);
  if (status !== 200) expect(answer.body.errors![0]!.extensions).toEqual({ code: "BAD_REQUEST" });
});

test.each([
  ["/graphql", "GET, POST", ["PUT", "PATCH", "DELETE", "HEAD", "PROPFIND"]],
  ["/healthz", "GET, HEAD", ["POST", "PUT", "DELETE", "OPTIONS"]],
  ["/readyz", "GET, HEAD", ["POST", "PUT"]],
  ["/metrics", "GET, HEAD", ["POST", "PUT"]],
  ["/", "GET, HEAD", ["POST", "PUT"]],
  ["/graphiql", "GET, HEAD", ["POST"]],
])("%s supports %s, and names them in the answer to any other method", async (path, allow, methods) => {
  for (const method of methods) {
    const { status, headers } = await fetch(`${server.url}${path}`, { method });
    expect([method, status, headers.get("allow")]).toEqual([method, 405, allow]);
  }
});

test.each([
  ["GET /healthz", 200],
  ["GET /readyz", 200],
  ["GET /nowhere", 404],
  ["POST /nowhere", 404],
  ["PUT /graphql", 405],
  ["GET /graphql?query=%7B__typename%7D", 200],
])("%s does not read an endless body: the connection ends with the answer", async (what, status) => {
  const chunk = Buffer.alloc(1_000_000, 120);
  for (const length of ["content-length: 90000000", "transfer-encoding: chunked"]) {
    const before = performance.now();
    const head = `${what} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;
    const parts = length.startsWith("t") ? [Buffer.from("5f5e100\r\n"), chunk, chunk] : [chunk, chunk, chunk];
    const answer = await exchange(head, ...parts);
    expect(answer.isClosed).toBe(true);
    expect(performance.now() - before).toBeLessThan(5_000);
    if (answer.text) expect(answer.status).toBe(status); // it may be lost where the client still sends
  }
});

const piecewise = (bytes: Buffer) =>
  [...bytes].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join("");
const head = (path: string) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;

test.each(["/graphql", "/api/entitlements/v1/entitlements/"])(
  "%s reads no body that comes in more pieces than a client has reason for: the connection ends with the answer",
  async (path) => {
    const { text, status, isClosed } = await exchange(
      head(path),
      piecewise(Buffer.alloc(PIECES_AT_MOST + 1, "x")),
    );
    expect(status).toBe(413);
    expect(text).toContain(`The body comes in more than ${PIECES_AT_MOST} pieces.`);
    expect(isClosed).toBe(true);
  },
);

test("a body that comes in many pieces is read as it was sent", async () => {
  const query = `{ __typename } # ${"Żółć 😀".repeat(150)}`;
  const body = Buffer.from(JSON.stringify({ query }));
  const parts = piecewise(body.subarray(0, 1_000)); // some end within a character
  const rest = body.subarray(1_000);
  const last = Buffer.concat([
    Buffer.from(`${rest.length.toString(16)}\r\n`),
    rest,
    Buffer.from("\r\n0\r\n\r\n"),
  ]);
  const { text, status } = await exchange(head("/graphql"), Buffer.from(parts, "latin1"), last);
  expect(status).toBe(200);
  expect(text).toContain('{"data":{"__typename":"Query"}}');
});

test("a connection is used again after a body that was read, or without a body", async () => {
  const get = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
  const post = `POST /nowhere HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}`;
  const { text } = await exchange(get, get);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect((await exchange(post)).status).toBe(404);
});
