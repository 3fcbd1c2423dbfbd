import type { Socket } from "node:net";
import { Client, DatabaseError, Pool } from "pg";
import { connectionFault } from "../../src/store/connection/connection-fault";
import { isTimeout, isUnavailable } from "../../src/store/unavailable";
import { createEmptyDatabase, type TestDatabase } from "../support/database";
import { openTcpProxy, type TcpProxy } from "../support/tcp-proxy";

let database: TestDatabase;
let wire: TcpProxy;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
beforeEach(async () => {
  wire = await openTcpProxy(database.url);
});
afterEach(() => wire.cut().catch(() => undefined));
afterAll(() => database.drop());

const failureOf = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => new Error("it succeeded"),
    (error: unknown) => error as Error,
  );

/** A client whose connection may break without ending the test. */
async function connected(options: object = {}): Promise<Client> {
  const client = new Client({ connectionString: wire.url, ...options });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Ends the connection of a client as the network would: without a message, and without an error code of the socket. */
function breakOff(client: Client): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

/** What happens to the driver, and whether it means that PostgreSQL has not answered in time. */
const ways: [what: string, fail: () => Promise<Error & { code?: string }>, isSlow: boolean][] = [
  [
    "no connection of the pool becomes free",
    async () => {
      const pool = new Pool({ connectionString: wire.url, max: 1, connectionTimeoutMillis: 3_000 });
      const taken = await pool.connect();
      const failure = await failureOf(pool.connect());
      taken.release();
      await pool.end();
      return failure;
    },
    true,
  ],
  [
    "PostgreSQL does not answer the pool's new connection",
    async () => {
      wire.stall();
      const pool = new Pool({ connectionString: wire.url, connectionTimeoutMillis: 200 });
      const failure = await failureOf(pool.connect());
      await pool.end();
      return failure;
    },
    true,
  ],
  [
    "PostgreSQL does not answer a new connection",
    () => {
      wire.stall();
      const client = new Client({ connectionString: wire.url, connectionTimeoutMillis: 200 });
      return failureOf(client.connect());
    },
    true,
  ],
  [
    "PostgreSQL does not answer a statement",
    async () => failureOf((await connected({ query_timeout: 100 })).query("select pg_sleep(5)")),
    true,
  ],
  [
    "the connection breaks during a statement",
    async () => {
      const client = await connected();
      const failure = failureOf(client.query("select pg_sleep(5)"));
      breakOff(client);
      return failure;
    },
    false,
  ],
  [
    "the connection is broken before a statement",
    async () => {
      const client = await connected();
      const ended = new Promise<void>((resolve) => client.once("end", resolve));
      breakOff(client);
      await ended;
      return failureOf(client.query("select 1"));
    },
    false,
  ],
  [
    "the connection was closed before a statement",
    async () => {
      const client = await connected();
      await client.end();
      return failureOf(client.query("select 1"));
    },
    false,
  ],
];

test.each(ways)(
  "the driver's error is known by its text when %s, as it has no code",
  async (_, fail, isSlow) => {
    const failure = await fail();
    expect({ code: failure.code, isOfPostgres: failure instanceof DatabaseError }).toEqual({
      code: undefined, // when a new driver gives a code, the text is no longer needed
      isOfPostgres: false,
    });
    expect({
      text: failure.message,
      isUnavailable: isUnavailable(failure),
      isTimeout: isTimeout(failure),
    }).toEqual({
      text: failure.message,
      isUnavailable: true,
      isTimeout: isSlow,
    });
  },
);

test.each([
  ["no socket is there", { host: "/no/such/folder" }],
  ["its socket cannot be one", { host: "/dev/null" }],
  ["its host is not known", { host: "no-such-host.invalid" }],
  ["nothing listens", { host: "127.0.0.1", port: 1 }],
])("a connection that cannot be made counts as an outage where %s", async (_, address) => {
  expect(isUnavailable(await failureOf(new Client(address).connect()))).toBe(true);
});

test("a time-out that PostgreSQL reports is an outage, described in PostgreSQL's words, and a silent host as a host that does not answer", async () => {
  const client = await connected();
  await client.query("set statement_timeout = '20ms'");
  const slow = await failureOf(client.query("select pg_sleep(5)"));
  await client.end();
  expect(slow).toBeInstanceOf(DatabaseError);
  expect(connectionFault(slow)).toBe(`PostgreSQL says: ${slow.message}`);
  expect(isUnavailable(slow)).toBe(true);
  const [, silent] = ways[2]!;
  expect(connectionFault(await silent())).toBe("its host does not answer");
});

test("a lock that is held for too long counts as an outage: nothing was changed, and the request can be repeated", async () => {
  const [holder, waiter] = [await connected(), await connected()];
  await holder.query("begin; create table held (); commit; begin; lock table held");
  await waiter.query("set lock_timeout = '50ms'");
  const failure = await failureOf(waiter.query("select * from held"));
  expect({ code: failure.code, isUnavailable: isUnavailable(failure) }).toEqual({
    code: "55P03",
    isUnavailable: true,
  });
  await Promise.all([holder.end(), waiter.end()]);
});
