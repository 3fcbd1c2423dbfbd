import { setTimeout as delay } from "node:timers/promises";
import { ada, useDemoApp } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { until } from "../support/waiting";

const QUERY = JSON.stringify({
  query: "{ viewer { entitlements(first: 5) { edges { node { id state } } } } }",
});
const STOP_MS = 600;

const app = useDemoApp();

/** Acts like a load balancer: asks /readyz, and sends each request to a server that is ready. */
class Balancer {
  private ready: string[] = [];
  private watching = true;
  private readonly watched: Promise<void>;
  readonly statuses = new Map<string, number>();

  constructor(private readonly urls: string[]) {
    this.watched = this.watch();
  }

  get readyServers(): number {
    return this.ready.length;
  }

  private async watch(): Promise<void> {
    while (this.watching) {
      const isReady = (url: string) =>
        fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      const answers = await Promise.all(this.urls.map(isReady));
      this.ready = this.urls.filter((_, index) => answers[index]);
      await delay(50);
    }
  }

  async ask(header: string, turn: number): Promise<void> {
    const url = this.ready[turn % this.ready.length]!;
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", authorization: header },
      body: QUERY,
    };
    const answer = await send(`${url}/graphql`, init).catch((error: Error) => ({ status: error.message }));
    const what = `${this.urls.indexOf(url)}: ${answer.status}`;
    this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1);
  }

  async stop(): Promise<void> {
    this.watching = false;
    await this.watched;
  }
}

test("at 200 requests a second, no request is lost while one server stops and another takes over", async () => {
  const environment = { SHUTDOWN_DELAY_MS: String(STOP_MS) };
  const servers = [await serve(app, environment), await serve(app, environment)] as [TestServer, TestServer];
  const balancer = new Balancer(servers.map(({ url }) => url));
  const header = await authorization({ ...ada, isService: true }); // as if many clients asked
  await until(() => balancer.readyServers === servers.length);
  let stopped: Promise<void> | undefined;
  const asked: Promise<void>[] = [];
  const start = performance.now();
  for (let turn = 0; turn < 500; turn++) {
    if (turn === 150) stopped = servers[0].stop();
    asked.push(balancer.ask(header, turn));
    await delay(start + 5 * (turn + 1) - performance.now());
  }
  await Promise.all([...asked, stopped]);
  const byServer = [...balancer.statuses.keys()].sort();
  expect(byServer).toEqual(["0: 200", "1: 200"]);
  expect([...balancer.statuses.values()].reduce((sum, count) => sum + count)).toBe(500);
  expect(balancer.statuses.get("0: 200")).toBeLessThan(200); // it stopped taking part
  await balancer.stop();
  await servers[1].stop();
});

test("a stopping server is not ready, asks its clients to close their connections, and answers the requests in progress", async () => {
  const server = await serve(app, { SHUTDOWN_DELAY_MS: "300" });
  expect((await server.ask(ada, "{ viewer { id } }")).headers.get("connection")).toBe("keep-alive");
  expect((await send(`${server.url}/readyz`)).status).toBe(200);
  const stopped = server.stop();
  const ready = await send(`${server.url}/readyz`);
  expect({ status: ready.status, body: ready.body }).toEqual({
    status: 503,
    body: { status: "The server is stopping." },
  });
  const late = await server.ask(ada, "{ viewer { id } }");
  expect(late.status).toBe(200);
  expect(late.headers.get("connection")).toBe("close");
  expect(server.stop()).toBe(server.stop());
  await stopped;
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});

test("an idle connection does not delay the end", async () => {
  const server = await serve(app);
  await server.ask(ada, "{ viewer { id } }"); // leaves its connection open
  const start = performance.now();
  await server.stop();
  expect(performance.now() - start).toBeLessThan(2_000);
});
