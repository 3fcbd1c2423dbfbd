import { ada, bob, useDemoApp } from "../support/demo-app";
import { authorization, PRODUCTION, send, serve, type TestServer } from "../support/http";

const PAYLOAD = "edx-jwt-cookie-header-payload";
const SIGNATURE = "edx-jwt-cookie-signature";
const ORIGIN = "https://evil.example";
const MUTATION =
  'mutation { leaveSession(input: { entitlementId: "00000000-0000-4000-8000-000000000000" }) { userErrors { code } } }';

const app = useDemoApp();
let server: TestServer;
let headerPayload: string;
let signature: string;
beforeAll(async () => {
  server = await serve(app, { ...PRODUCTION, JWT_COOKIES: "on" });
  const token = (await authorization(ada)).slice("JWT ".length);
  headerPayload = token.slice(0, token.lastIndexOf("."));
  signature = token.slice(token.lastIndexOf(".") + 1);
});
afterAll(() => server.stop());

const pair = () => `${PAYLOAD}=${headerPayload}; ${SIGNATURE}=${signature}`;
const asks = (cookie: string, headers: Record<string, string> = {}, on = server) =>
  on.ask(null, "{ viewer { username } }", {}, { "use-jwt-cookie": "true", cookie, ...headers });
const ANONYMOUS = { status: 401, body: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] } };
const isAda = { status: 200, body: { data: { viewer: { username: "ada" } } } };

test.each<[string, () => string]>([
  ["as the LMS sets them", pair],
  ["the other way round", () => `${SIGNATURE}=${signature}; ${PAYLOAD}=${headerPayload}`],
  ["among others", () => `a=1; ${pair()}; x${SIGNATURE}=2; ${PAYLOAD}x=3; ; =; b`],
  ["without spaces, or with more", () => ` ${pair().replace("; ", ";")} ;`],
])("the two cookies are a token: %s", async (_, cookie) => {
  expect(await asks(cookie())).toMatchObject(isAda);
});

const MALFORMED: [string, () => string][] = [
  ["only header and payload", () => `${PAYLOAD}=${headerPayload}`],
  ["only the signature", () => `${SIGNATURE}=${signature}`],
  ["an empty signature", () => `${PAYLOAD}=${headerPayload}; ${SIGNATURE}=`],
  ["both empty", () => `${PAYLOAD}=; ${SIGNATURE}=`],
  ["header and payload twice", () => `${PAYLOAD}=${headerPayload}; ${pair()}`],
  ["the signature twice, once another", () => `${SIGNATURE}=x; ${pair()}`],
  ["the parts exchanged", () => `${PAYLOAD}=${signature}; ${SIGNATURE}=${headerPayload}`],
  ["the whole token in one", () => `${PAYLOAD}=${headerPayload}.${signature}; ${SIGNATURE}=${signature}`],
  ["quotes", () => `${PAYLOAD}="${headerPayload}"; ${SIGNATURE}="${signature}"`],
  ["percent signs", () => `${PAYLOAD}=${headerPayload.replace(".", "%2E")}; ${SIGNATURE}=${signature}`],
  ["a space before the value", () => `${PAYLOAD}= ${headerPayload}; ${SIGNATURE}=${signature}`],
  ["a comma for a semicolon", () => pair().replace(";", ",")],
  ["a scheme", () => `${PAYLOAD}=JWT ${headerPayload}; ${SIGNATURE}=${signature}`],
  ["a signature of something else", () => `${PAYLOAD}=${headerPayload}; ${SIGNATURE}=${signature.slice(4)}`],
  ["more than 8 kB", () => `${PAYLOAD}=${headerPayload}${"x".repeat(8_192)}; ${SIGNATURE}=${signature}`],
  ["no signature but a thousand other cookies", () => `${PAYLOAD}=${headerPayload}${";a=1".repeat(1_000)}`],
];

test.each(MALFORMED)("cookies that do not form a token are refused: %s", async (_, cookie) => {
  const wrong = await server.ask(null, "{ __typename }", {}, { authorization: "JWT x.y.z" });
  const answer = await asks(cookie());
  expect(answer.status).toBe(401);
  expect(answer.text).toBe(wrong.text);
  expect(answer.headers.get("www-authenticate")).toBe("JWT");
});

test("a browser without the cookies is anonymous", async () => {
  expect((await server.ask(null, "{ __typename }", {}, { "use-jwt-cookie": "true" })).status).toBe(200);
  for (const cookie of ["", "a=1", `x${PAYLOAD}=y`, PAYLOAD, PAYLOAD.toUpperCase() + "=x"])
    expect(await asks(cookie)).toMatchObject(ANONYMOUS);
});

test("the header Authorization takes precedence, whether it is valid or not", async () => {
  const asBob = await asks(pair(), { authorization: await authorization(bob) });
  expect(asBob.body.data).toEqual({ viewer: { username: "bob" } });
  expect((await asks("nonsense", { authorization: await authorization(ada) })).status).toBe(200);
  for (const bad of ["JWT x.y.z", "Basic YTpi", ""])
    expect((await asks(pair(), { authorization: bad })).status).toBe(401);
});

test.each(["", "false", "1", "TRUE", "true, true"])(
  "cookies without a valid header USE-JWT-COOKIE are ignored (%j)",
  async (asked) => {
    const answer = await asks(pair(), { "use-jwt-cookie": asked });
    expect(answer).toMatchObject(ANONYMOUS);
    expect(answer.text).toContain("Authorization header"); // not as with a bad token
  },
);

test("cookies are ignored unless JWT_COOKIES is on", async () => {
  const off = await serve(app, PRODUCTION);
  expect(await asks(pair(), {}, off)).toMatchObject(ANONYMOUS);
  expect((await off.ask(null, "{ __typename }", {}, { "use-jwt-cookie": "true", cookie: "x" })).status).toBe(
    200,
  );
  await off.stop();
});

describe("a page of another origin cannot change anything with a learner's cookies:", () => {
  /** The headers that a browser sends for it without a preflight: the cookies, and no other header of the page. */
  const forged = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    send(`${server.url}/graphql${path}`, {
      method,
      headers: { cookie: pair(), origin: ORIGIN, ...headers },
      ...(body !== undefined && { body }),
    });

  test("a page of the same origin can", async () => {
    const { status, body } = await server.ask(
      null,
      MUTATION,
      {},
      { cookie: pair(), "use-jwt-cookie": "true" },
    );
    expect(status).toBe(200);
    expect(body.data).toEqual({ leaveSession: { userErrors: [{ code: "ENTITLEMENT_NOT_FOUND" }] } });
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "a form of %s is not read",
    async (type) => {
      const answer = await forged("POST", "", { "content-type": type }, JSON.stringify({ query: MUTATION }));
      expect(answer.status).toBe(415);
    },
  );

  test("a link or an image sends no query", async () => {
    const query = encodeURIComponent("{ viewer { username } }");
    expect((await forged("GET", `?query=${query}`)).status).toBe(400);
    expect((await forged("GET", `?query=${encodeURIComponent(MUTATION)}`)).status).toBe(400);
  });

  test("even JSON, as old plug-ins could send it, is anonymous without USE-JWT-COOKIE", async () => {
    const JSON_TYPE = { "content-type": "application/json" };
    const answer = await forged("POST", "", JSON_TYPE, JSON.stringify({ query: MUTATION }));
    expect(answer).toMatchObject(ANONYMOUS);
  });

  const preflight = (on: TestServer, origin: string) =>
    send(`${on.url}/graphql`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,use-jwt-cookie",
      },
    });

  test("a CORS preflight for USE-JWT-COOKIE is not allowed", async () => {
    for (const origin of [ORIGIN, "null", server.url, "https://studio.apollographql.com"]) {
      const { headers } = await preflight(server, origin);
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("in development Apollo Studio may send tokens, and no cookies", async () => {
    const open = await serve(app, { JWT_COOKIES: "on" });
    const { headers } = await preflight(open, "https://studio.apollographql.com");
    expect(headers.get("access-control-allow-headers")).toContain("authorization");
    expect(headers.get("access-control-allow-headers")).not.toContain("use-jwt-cookie");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    await open.stop();
  });
});
