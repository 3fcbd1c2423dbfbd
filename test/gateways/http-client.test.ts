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
const client = (deadlineMs = PATIENT_MS) => httpClient({ to: "other", deadlineMs });

describe("an answer", () => {
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
    expect(await outcome(authorized(HASTY_MS))).toEqual({ word: "TimeoutError", mayBeSent: true });
    answer = () => undefined;
    expect(await outcome(authorized(HASTY_MS))).toEqual({
      word: "NO_TOKEN:TimeoutError",
      mayBeSent: false,
    });
    expect(performance.now() - start).toBeGreaterThanOrEqual(2 * HASTY_MS - 10);
  });
});
