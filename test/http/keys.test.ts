import { openTestDatabase } from "../support/database";
import { ada } from "../support/demo-app";
import { JWT_JWK_SET, PRODUCTION, send, serve, type TestServer } from "../support/http";
import { openKeyServer, publishing, type KeyServer } from "../support/key-server";

const published = publishing((JSON.parse(JWT_JWK_SET) as { keys: unknown }).keys);

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let lms: KeyServer;
let server: TestServer;
beforeAll(async () => {
  database = await openTestDatabase();
  lms = await openKeyServer((_, response) => void response.writeHead(500).end());
  server = await serve(database, { ...PRODUCTION, JWT_JWK_SET: "", JWT_JWK_SET_URL: lms.url });
});
afterAll(async () => {
  await server.stop();
  await lms.close();
  await database.close();
});

test("without keys a token gets 503, never 401; anonymous requests and /readyz are answered", async () => {
  const { status, headers, body } = await server.ask(ada, "{ __typename }");
  expect(status).toBe(503);
  expect(headers.get("retry-after")).toBe("1");
  expect(body).toEqual({
    errors: [
      {
        message: "Tokens cannot be checked for a moment. Please try again.",
        extensions: { code: "SERVICE_UNAVAILABLE" },
      },
    ],
  });
  expect((await server.ask(null, "{ __typename }")).body).toEqual({ data: { __typename: "Query" } });
  expect((await send(`${server.url}/readyz`)).status).toBe(200);
});

test("tokens are accepted soon after the LMS is available again", async () => {
  lms.answer = published;
  while ((await server.ask(ada, "{ __typename }")).status === 503)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await server.ask(ada, "{ __typename }")).body).toEqual({ data: { __typename: "Query" } });
});

test("a server fetches the keys before the first request", async () => {
  lms.requests = 0;
  const other = await serve(database, { ...PRODUCTION, JWT_JWK_SET: "", JWT_JWK_SET_URL: lms.url });
  while (!other.logged.some(({ msg }) => msg === "the keys that sign tokens have changed"))
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await other.ask(ada, "{ __typename }")).status).toBe(200);
  expect(lms.requests).toBe(1);
  await other.stop();
});
