import { ada, useDemoApp } from "../support/demo-app";
import { authorization, PRODUCTION, send, serve, type TestServer } from "../support/http";

const FRONTEND = "https://apps.example.org";
const CORS_ORIGINS = `${FRONTEND}, http://localhost:1996`;

const app = useDemoApp();
let withCookies: TestServer;
let withTokens: TestServer;
beforeAll(async () => {
  withCookies = await serve(app, { ...PRODUCTION, CORS_ORIGINS, JWT_COOKIES: "on" });
  withTokens = await serve(app, { ...PRODUCTION, CORS_ORIGINS });
});
afterAll(async () => {
  await Promise.all([withCookies.stop(), withTokens.stop()]);
});

const preflight = ({ url }: TestServer, origin: string) =>
  send(`${url}/graphql`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,use-jwt-cookie",
    },
  });
const corsOf = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));

test.each(["https://apps.example.org", "http://localhost:1996"])(
  "a frontend at %s may send requests with the cookies of the LMS",
  async (origin) => {
    const { status, headers } = await preflight(withCookies, origin);
    expect(status).toBe(204);
    expect(corsOf(headers)).toEqual({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type, x-request-id, use-jwt-cookie",
      "access-control-expose-headers": "x-request-id, retry-after",
      "access-control-max-age": "600",
    });
    expect(headers.get("vary")).toMatch(/origin/i);
  },
);

test("a frontend can read its answers, and the refusal of its cookies", async () => {
  const token = (await authorization(ada)).slice("JWT ".length);
  const end = token.lastIndexOf(".");
  const cookie = `edx-jwt-cookie-header-payload=${token.slice(0, end)}; edx-jwt-cookie-signature=${token.slice(end + 1)}`;
  const ask = (given: string) =>
    withCookies.ask(
      null,
      "{ viewer { username } }",
      {},
      {
        origin: FRONTEND,
        "use-jwt-cookie": "true",
        cookie: given,
      },
    );
  for (const [given, status] of [
    [cookie, 200],
    [`${cookie}x`, 401],
  ] as const) {
    const answer = await ask(given);
    expect(answer.status).toBe(status);
    expect(corsOf(answer.headers)).toMatchObject({
      "access-control-allow-origin": FRONTEND,
      "access-control-allow-credentials": "true",
    });
  }
});

test("without JWT_COOKIES a frontend may send tokens, and cookies are not accepted", async () => {
  const { status, headers } = await preflight(withTokens, FRONTEND);
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-credentials")).toBeNull();
  expect(headers.get("access-control-allow-headers")).toBe("authorization, content-type, x-request-id");
});

test.each([
  "https://evil.example",
  "https://apps.example.org.evil.example",
  "https://apps.example.org:8443",
  "http://apps.example.org",
  "https://sub.apps.example.org",
  "https://studio.apollographql.com",
  "null",
  "*",
])("%s gets no CORS headers", async (origin) => {
  const asked = await preflight(withCookies, origin);
  const answered = await withCookies.ask(ada, "{ viewer { username } }", {}, { origin });
  for (const { headers } of [asked, answered]) expect(corsOf(headers)).toEqual({});
  expect(asked.status).toBe(400);
});

test("a frontend may resume a stream of events after the last event, as browsers do by a header", async () => {
  const { status, headers } = await send(`${withTokens.url}/events`, {
    method: "OPTIONS",
    headers: {
      origin: FRONTEND,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization,last-event-id",
    },
  });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-methods")).toBe("GET");
  expect(headers.get("access-control-allow-headers")!.split(", ")).toEqual(
    expect.arrayContaining(["authorization", "last-event-id"]),
  );
});
