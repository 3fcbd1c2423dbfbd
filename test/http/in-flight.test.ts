import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { buildSchema } from "graphql";
import { anyone } from "../../src/auth/who";
import { IN_FLIGHT, OF_ONE_ACTOR, type Load } from "../../src/http/in-flight";
import { openTestDatabase } from "../support/database";
import { ada, bob, grace } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { until } from "../support/waiting";

const { atOnce, waiting, waitMs } = IN_FLIGHT;
const own = { ...OF_ONE_ACTOR };
/** So long that no request is refused for waiting, however busy the machine is. */
const PATIENT_MS = 60_000;
const IDLE = { inFlight: 0, waiting: 0 };
const FULL = { inFlight: atOnce, waiting };

const schema = buildSchema("type Query { slow(number: Int): Int }");
let finish: () => void = () => undefined;
let finished = Promise.resolve();
schema.getQueryType()!.getFields()["slow"]!.resolve = async (_source, { number }: { number: number }) => {
  await finished;
  return number;
};

let server: TestServer;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let header: string;
const clients: Client[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
  server = await serve(database, {}, { schema, permissions: { Query: { "*": anyone } } });
  header = await authorization({ ...ada, isService: true }); // which has no share
  const [first] = await open(1); // what is only slow the first time is over then
  first!.ask(1);
  await first!.answered();
});
beforeEach(() => {
  finished = new Promise((resolve) => (finish = resolve));
  IN_FLIGHT.waitMs = PATIENT_MS;
  OF_ONE_ACTOR.waitMs = PATIENT_MS;
});
afterEach(async () => {
  finish();
  // a request that was sent but not yet let in would wait for the next test's work to finish
  await until(() => clients.every(({ isAnswered }) => isAnswered));
  for (const client of clients.splice(0)) client.hangUp();
  await isLoad(IDLE);
});
afterAll(async () => {
  IN_FLIGHT.waitMs = waitMs;
  OF_ONE_ACTOR.waitMs = own.waitMs;
  await server.stop();
  await database.close();
});

/** A client with a connection of its own, so that it says when what is sent, and when it leaves. */
class Client {
  private text = "";
  private asked = 0;
  private heard = "";

  private constructor(private readonly socket: Socket) {
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
      this.heard += chunk;
    });
    socket.on("error", () => undefined);
    clients.push(this);
  }

  static async open(): Promise<Client> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    await once(socket, "connect");
    return new Client(socket);
  }

  ask(number: number, as = header, bytes = Infinity): void {
    const body = JSON.stringify({ query: `{ slow(number: ${number}) }` });
    const headers = `host: x\r\ncontent-type: application/json\r\nauthorization: ${as}\r\ncontent-length: ${body.length}`;
    this.socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, bytes)}`);
    if (bytes >= body.length) this.asked++;
  }

  /** Whether each whole request was answered, or the client has hung up. */
  get isAnswered(): boolean {
    return this.socket.destroyed || this.heard.split("HTTP/1.1 ").length > this.asked;
  }

  get answer(): { status: number; headers: string; body: unknown } | null {
    const [headers = "", body = ""] = this.text.split("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? NaN);
    if (Buffer.byteLength(body) !== length) return null;
    return { status: Number(headers.split(" ")[1]), headers, body: JSON.parse(body) };
  }

  async answered(): Promise<NonNullable<Client["answer"]>> {
    await until(() => this.answer !== null);
    const answer = this.answer!;
    this.text = "";
    return answer;
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

const open = (count: number) => Promise.all(Array.from({ length: count }, () => Client.open()));
const isLoad = (load: Partial<Load>) => until(() => isDeepStrictEqual({ ...loadNow(), ...load }, loadNow()));
const loadNow = ({ inFlight, waiting } = server.load): Load => ({ inFlight, waiting });

/** Requests of one actor, where those beyond the share wait for the others. They are answered when `finish` is called. */
async function fillShare(as: string, count = own.atOnce + own.waiting): Promise<Client[]> {
  const all = await open(count);
  const { inFlight, waiting } = server.load;
  for (const [number, client] of all.entries()) client.ask(number, as);
  const inWork = Math.min(count, own.atOnce);
  await isLoad({ inFlight: inFlight + inWork, waiting: waiting + count - inWork });
  return all;
}

/** Clients that are answered when `finish` is called, and as many as may wait for that. */
async function fill(count = atOnce + waiting): Promise<Client[]> {
  const all = await open(count);
  for (const [number, client] of all.entries()) client.ask(number);
  await isLoad({ inFlight: Math.min(count, atOnce), waiting: Math.max(0, count - atOnce) });
  return all;
}

test("of 100 simultaneous requests the excess is refused immediately, and all others get the right answer", async () => {
  const all = await open(100);
  for (const [number, client] of all.entries()) client.ask(number);
  const excess = 100 - atOnce - waiting;
  await until(() => all.filter(({ answer }) => answer?.status === 503).length === excess);
  expect(server.load).toMatchObject(FULL);
  finish();
  const answers = await Promise.all(all.map((client) => client.answered()));
  expect(answers.filter(({ status }) => status === 503)).toHaveLength(excess);
  for (const [number, { status, headers, body }] of answers.entries())
    if (status === 503) {
      expect(headers).toMatch(/^retry-after: 1$/im);
      expect(headers).toMatch(/^x-request-id: .+$/im);
      expect(body).toEqual({
        errors: [
          {
            message: "The service is busy. Please try again in a moment.",
            extensions: { code: "SERVICE_UNAVAILABLE" },
          },
        ],
      });
    } else expect({ status, body }).toEqual({ status: 200, body: { data: { slow: number } } });
  await isLoad(IDLE);
});

test("a request that waits too long for its turn is refused", async () => {
  await fill(atOnce);
  IN_FLIGHT.waitMs = waitMs;
  const [late] = await open(1);
  const start = performance.now();
  late!.ask(1);
  expect((await late!.answered()).status).toBe(503);
  expect(performance.now() - start).toBeGreaterThan(waitMs - 5);
  expect(server.load).toMatchObject({ inFlight: atOnce, waiting: 0 });
});

test("the token of a refused request is not verified", async () => {
  const [late] = await open(1);
  late!.ask(1, "JWT no.token.atall");
  expect((await late!.answered()).status).toBe(401);
  await fill();
  late!.ask(1, "JWT no.token.atall");
  expect((await late!.answered()).status).toBe(503);
});

test("a client that was refused can send another request on the same connection", async () => {
  const all = await fill();
  const [late] = await open(1);
  late!.ask(1);
  expect((await late!.answered()).status).toBe(503);
  finish();
  await Promise.all(all.map((client) => client.answered()));
  late!.ask(2);
  expect(await late!.answered()).toMatchObject({ status: 200, body: { data: { slow: 2 } } });
});

test("200 clients that disconnect while they wait do not delay other requests", async () => {
  const all = await fill(atOnce);
  for (let left = 0; left < 200; left += 20) {
    const leaving = await open(20);
    for (const client of leaving) client.ask(1);
    await isLoad({ inFlight: atOnce, waiting: 20 });
    for (const client of leaving) client.hangUp();
    await isLoad({ inFlight: atOnce, waiting: 0 }); // they have left; they were not refused for waiting too long
  }
  finish();
  await Promise.all(all.map((client) => client.answered()));
  await isLoad(IDLE);
  expect((await send(`${server.url}/graphql?query={slow(number:7)}`, asking())).body.data).toEqual({
    slow: 7,
  });
});

test("clients that disconnect at any stage leave no request behind", async () => {
  const all = await open(200);
  for (const client of all) client.ask(1);
  await until(() => all.filter(({ answer }) => answer).length >= 200 - atOnce - waiting);
  for (const client of all) client.hangUp();
  await isLoad({ waiting: 0 });
  expect(server.load.inFlight).toBe(atOnce); // their work goes on, and so it counts
  finish();
  await isLoad(IDLE);
  const next = await open(atOnce + waiting);
  for (const client of next) client.ask(1);
  for (const answer of await Promise.all(next.map((client) => client.answered())))
    expect(answer.status).toBe(200);
});

test("an actor who holds a share of all places keeps no request of another actor from being answered", async () => {
  await fillShare(await authorization(ada));
  const others = [];
  for (const each of [bob, grace]) others.push(...(await fillShare(await authorization(each), own.atOnce)));
  expect(server.load).toMatchObject({ inFlight: 3 * own.atOnce, waiting: own.waiting });
  finish();
  for (const { status } of await Promise.all(others.map((client) => client.answered())))
    expect(status).toBe(200);
});

test("a client with 32 connections and one token is refused nothing, and its 33rd request is refused immediately", async () => {
  const as = await authorization(ada);
  const all = await fillShare(as);
  expect(all).toHaveLength(32);
  const [late] = await open(1);
  late!.ask(1, as);
  const { status, headers, body } = await late!.answered();
  expect(status).toBe(429);
  expect(headers).toMatch(/^retry-after: 1$/im);
  expect(body).toEqual({
    errors: [
      {
        message: "Too many of your requests are in work. Send fewer at once.",
        extensions: { code: "RATE_LIMITED" },
      },
    ],
  });
  finish();
  for (const [number, client] of all.entries())
    expect(await client.answered()).toMatchObject({ status: 200, body: { data: { slow: number } } });
  await isLoad(IDLE);
});

test("a request that waits too long for others of its actor is refused, and the others are answered", async () => {
  const as = await authorization(ada);
  const all = await fillShare(as, own.atOnce);
  OF_ONE_ACTOR.waitMs = 50;
  const [late, left] = await open(2);
  late!.ask(1, as);
  expect((await late!.answered()).status).toBe(429);
  OF_ONE_ACTOR.waitMs = PATIENT_MS;
  left!.ask(1, as);
  await isLoad({ waiting: 1 });
  left!.hangUp();
  await isLoad({ inFlight: own.atOnce, waiting: 0 });
  finish();
  for (const client of all) expect((await client.answered()).status).toBe(200);
});

test("a request that waited for others of its actor waits for its turn among all", async () => {
  const as = await authorization(ada);
  await fillShare(as, own.atOnce + 1);
  for (const client of await open(atOnce)) client.ask(1);
  await isLoad({ inFlight: atOnce, waiting: own.atOnce + 1 });
  finish();
  for (const client of clients) expect((await client.answered()).status).toBe(200);
});

test("health checks are answered under any load", async () => {
  const hammering = setInterval(() => clients.at(-1)?.ask(1), 5);
  await fill();
  for (let time = 0; time < 5; time++) {
    expect((await send(`${server.url}/healthz`)).status).toBe(200);
    expect((await send(`${server.url}/readyz`)).status).toBe(200);
    const { text } = await send(`${server.url}/metrics`);
    expect(text).toContain(`graphql_requests{state="in_flight"} ${atOnce}\n`);
    await delay(10);
  }
  clearInterval(hammering);
});

test("clients that send slowly do not block others", async () => {
  for (const client of await open(2 * atOnce + waiting)) client.ask(1, header, 10);
  await delay(50);
  expect(server.load).toMatchObject(IDLE);
  finish();
  expect((await send(`${server.url}/graphql?query={slow(number:7)}`, asking())).status).toBe(200);
});

const asking = () => ({ headers: { authorization: header, "apollo-require-preflight": "true" } });
