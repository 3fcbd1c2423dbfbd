import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { clientCredentials } from "../../src/gateways/client-credentials";
import {
  ANSWER_BYTES_AT_MOST,
  httpClient,
  OUTSIDE_CALLS,
  type HttpClient,
  type HttpFailure,
  type OutsideCall,
} from "../../src/gateways/http-client";
import type { MayReach } from "../../src/gateways/guarded/guarded-request";
import { isPublicAddress } from "../../src/gateways/guarded/public-address";
import { openFakeShop } from "../support/fake-shop";

/** Deadlines: long enough for a busy machine where an answer is expected, and short where none will come. */
const PATIENT_MS = 20_000;
const HASTY_MS = 200;

let url: string;
let received: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  received.push(request);
  answer(request, response);
});
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  received = [];
  answer = (_, response) => response.end("hello");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The outcome of a call: a status and a text, or the word of a failure and whether the request may have been sent. */
async function outcome(send: HttpClient, path = ""): Promise<unknown> {
  return send({ method: "POST", url: url + path, body: "x" }).then(
    ({ status, text }) => [status, text],
    ({ word, mayBeSent }: HttpFailure) => ({ word, mayBeSent }),
  );
}
const clientOf = (deadlineMs: number, mayReach?: MayReach) =>
  httpClient({ to: "other", deadlineMs, mayReach });
const client = (deadlineMs = PATIENT_MS) => clientOf(deadlineMs);
const anywhere: MayReach = () => true;

describe.each([
  ["of a host of our own choice", undefined],
  ["of a host that others have named", anywhere],
])("an answer %s", (_where, mayReach) => {
  const client = (deadlineMs = PATIENT_MS) => clientOf(deadlineMs, mayReach);

  test("is returned whole, whatever its status, and the request carries our request id", async () => {
    expect(await outcome(client())).toEqual([200, "hello"]);
    answer = (_, response) => response.writeHead(503).end("no");
    expect(await outcome(client())).toEqual([503, "no"]);
    await client()({ url, requestId: "request-7" });
    expect(received.map(({ headers }) => headers["x-request-id"])).toEqual([
      undefined,
      undefined,
      "request-7",
    ]);
  });

  test("that is a redirect is not followed", async () => {
    answer = (_, response) => response.writeHead(302, { location: `${url}/elsewhere` }).end();
    expect(await outcome(client())).toEqual([302, ""]);
    expect(received).toHaveLength(1);
  });

  test("may not exceed its limit of bytes, beyond which nothing is read", async () => {
    const full = "x".repeat(ANSWER_BYTES_AT_MOST);
    answer = (_, response) => response.end(full);
    expect(await outcome(client())).toEqual([200, full]);
    let isClosed: Promise<unknown> = Promise.resolve();
    answer = (_, response) => {
      isClosed = once(response, "close");
      const more = (): void => {
        while (!response.destroyed && response.write(full));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    expect(await outcome(client())).toEqual({ word: "TOO_LARGE", mayBeSent: true });
    await isClosed;
  });

  test.each<[string, typeof answer, string]>([
    ["never comes", () => undefined, "TimeoutError"],
    ["does not end", (_, response) => void response.write("hel"), "TimeoutError"],
    ["breaks off", (_, response) => response.write("hel", () => response.socket!.resetAndDestroy()), ""],
    ["is a reset", (request) => request.socket.resetAndDestroy(), "ECONNRESET"],
  ])(
    "that %s leaves the outcome unknown, and the failure gives its cause in one word",
    async (_name, how, word) => {
      answer = how;
      const seen = await outcome(client(word === "TimeoutError" ? HASTY_MS : PATIENT_MS));
      expect(seen).toEqual({ word: word || (expect.stringMatching(/^\w+$/) as string), mayBeSent: true });
    },
  );
});

test("a request to an address without a server, or to an invalid host, was certainly not sent", async () => {
  const shop = await openFakeShop(true);
  await shop.close();
  const failure = (to: string) => client()({ url: to }).catch((error: unknown) => error);
  expect(await failure(shop.url)).toMatchObject({ word: "ECONNREFUSED", mayBeSent: false });
  expect(await failure("http://shop.invalid")).toMatchObject({ mayBeSent: false });
});

test.each<[string, string, Record<string, string>, string]>([
  ["an address with a password", "http://us:secret@shop.example", {}, "BAD_REQUEST"],
  ["what is no address", "shop.example", {}, "BAD_REQUEST"],
  ["a header with a line break", "http://shop.example", { authorization: "a\nb" }, "BAD_REQUEST"],
  ["the port of another protocol", "http://127.0.0.1:6000", {}, "BAD_PORT"],
])("a request that cannot be sent was certainly not sent: %s", async (_, to, headers, word) => {
  const failure = await client()({ url: to, method: "POST", body: "x", headers }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ word, mayBeSent: false });
});

describe("a host that others have named", () => {
  const guarded = () => clientOf(PATIENT_MS, isPublicAddress);
  const refusal = { word: "FORBIDDEN_ADDRESS", mayBeSent: false };

  test.each([
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0x7f.1",
    "2130706433",
    "0.0.0.0",
    "[::]",
  ])("is not reached at %s, whatever its name", async (host) => {
    const { port } = new URL(url);
    const seen = await guarded()({ url: `http://${host}:${port}` }).catch((error: unknown) => error);
    expect(seen).toMatchObject(refusal);
    expect(received).toEqual([]);
  });

  test("is reached at the address that was looked at, and at no other", async () => {
    const { port } = new URL(url);
    const looked: string[] = [];
    const send = clientOf(PATIENT_MS, (address) => (looked.push(address), address === "127.0.0.1"));
    expect(await send({ url: `http://localhost:${port}` })).toEqual({ status: 200, text: "hello" });
    expect(looked).toContain("127.0.0.1");
    expect(received[0]!.headers.host).toBe(`localhost:${port}`);
  });

  test("gets the body and the headers of a request", async () => {
    let body = "";
    answer = (request, response) =>
      request.on("data", (part) => (body += String(part))).on("end", () => response.end("ok"));
    const headers = { "content-type": "application/json" };
    await clientOf(PATIENT_MS, anywhere)({ method: "POST", url, body: "{}", headers });
    expect(body).toBe("{}");
    expect(received[0]!.headers).toMatchObject({ "content-type": "application/json", "content-length": "2" });
  });

  test.each([
    ...["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"].map(
      (one) => [one, true] as const,
    ),
    ...[
      "10.1.2.3",
      "172.31.255.255",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.1.2.3",
      "255.255.255.255",
    ].map((one) => [one, false] as const),
    ...[
      "224.0.0.1",
      "198.18.0.1",
      "fc00::1",
      "fd12::1",
      "fe80::1",
      "ff02::1",
      "::",
      "::1",
      "::ffff:8.8.8.8",
    ].map((one) => [one, false] as const),
    ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "localhost", ""].map(
      (one) => [one, false] as const,
    ),
  ])("with the address %s is public: %s", (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});

test("every call is published for metrics, with its outcome and how long it took", async () => {
  const calls: OutsideCall[] = [];
  const note = (call: unknown) => void calls.push(call as OutsideCall);
  OUTSIDE_CALLS.subscribe(note);
  await outcome(client());
  answer = () => undefined;
  await outcome(client(HASTY_MS));
  OUTSIDE_CALLS.unsubscribe(note);
  expect(calls).toMatchObject([
    { to: "other", outcome: "200" },
    { to: "other", outcome: "TimeoutError" },
  ]);
  expect(calls[1]!.ms).toBeGreaterThanOrEqual(HASTY_MS - 5);
});

describe("with a token", () => {
  /** The tokens that the server accepts; each token is a number, counted up. */
  let good: (token: number) => boolean;
  let asked = 0;
  beforeEach(() => {
    asked = 0;
    good = () => true;
    answer = (request, response) => {
      if (request.url === "/token")
        return void setTimeout(() => {
          response.end(JSON.stringify({ access_token: `t${++asked}`, expires_in: 3600 }));
        }, 20);
      const isIn = good(Number(request.headers.authorization?.slice("JWT t".length)));
      response.writeHead(isIn ? 200 : 401).end(request.headers.authorization);
    };
  });

  const authorized = (deadlineMs = PATIENT_MS) =>
    httpClient({
      to: "other",
      deadlineMs,
      authorization: clientCredentials({
        tokenUrl: `${url}/token`,
        clientId: "us",
        clientSecret: "secret",
        deadlineMs,
      }),
    });

  test("ten simultaneous calls share one request for a token", async () => {
    const send = authorized();
    const seen = await Promise.all(Array.from({ length: 10 }, () => outcome(send)));
    expect(seen).toEqual(Array.from({ length: 10 }, () => [200, "JWT t1"]));
    expect(asked).toBe(1);
  });

  test("a token that is no longer accepted is renewed once for all calls that use it", async () => {
    const send = authorized();
    await outcome(send);
    good = (token) => token > 1;
    const seen = await Promise.all(Array.from({ length: 10 }, () => outcome(send)));
    expect(seen).toEqual(Array.from({ length: 10 }, () => [200, "JWT t2"]));
    expect(asked).toBe(2);
  });

  test("when the new token is rejected too, that answer is returned", async () => {
    good = () => false;
    expect(await outcome(authorized())).toEqual([401, "JWT t2"]);
    expect(received.map((request) => request.url)).toEqual(["/token", "/", "/token", "/"]);
  });

  test("without a token nothing is sent, and the next call requests one again", async () => {
    const send = authorized();
    const { length } = received;
    const before = answer;
    answer = (_, response) => response.writeHead(500).end();
    expect(await outcome(send)).toEqual({ word: "NO_TOKEN:HTTP_500", mayBeSent: false });
    answer = (_, response) => response.end("<html>");
    expect(await outcome(send)).toEqual({ word: "NO_TOKEN:NONSENSE", mayBeSent: false });
    expect(received.slice(length).map((request) => request.url)).toEqual(["/token", "/token"]);
    answer = before;
    expect(await outcome(send)).toEqual([200, "JWT t1"]);
  });

  test("one deadline bounds the token and the call together", async () => {
    const before = answer;
    answer = (request, response) => {
      if (request.url === "/token") before(request, response); // and nothing else is answered
    };
    const start = performance.now();
    expect(await outcome(authorized(10 * HASTY_MS))).toEqual({ word: "TimeoutError", mayBeSent: true });
    expect(performance.now() - start).toBeGreaterThanOrEqual(10 * HASTY_MS - 5);
    answer = () => undefined;
    expect(await outcome(authorized(HASTY_MS))).toEqual({
      word: "NO_TOKEN:TimeoutError",
      mayBeSent: false,
    });
    expect(performance.now() - start).toBeGreaterThanOrEqual(11 * HASTY_MS - 10);
  });
});
