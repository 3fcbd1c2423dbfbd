import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";
import { ada, grace } from "../support/demo-app";
import { asker, JWT_JWK_SET, type Ask } from "../support/http";
import { killLeftovers, startServerProcess } from "../support/server-process";

/** More of them: `ROUNDS=50 npx jest dist/test/http/shutdown.test.js`. */
const ROUNDS = Number(process.env["ROUNDS"] ?? "2");
const CLIENTS = 24;
const READ = "{ viewer { entitlements(first: 20) { edges { node { id state } } } } }";
const COMMAND = `mutation ($input: SetRefundLockInput!) {
  setRefundLock(input: $input) { userErrors { code } entitlement { isRefundLocked } }
}`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "course-entitlements-shutdown-"));
  chmodSync(dir, 0o755);
  removeWhenThisProcessEnds(dir);
});
afterAll(async () => {
  killLeftovers();
  await removeNow();
});

test("stopping PostgreSQL under load gives every client an outage, and none an internal error", async () => {
  const seen = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const postgres = await startEmbeddedPostgres(dir, { settings: { fsync: "off" } });
    const server = await startServerProcess({ DATABASE_URL: postgres.url, JWT_JWK_SET });
    const signal = new AbortController();
    const loading = load(asker(server.url), seen, signal.signal);
    await sleep(1_000);
    await postgres.stop();
    await sleep(500);
    signal.abort();
    await loading;
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  }
  seen.delete("429 RATE_LIMITED"); // on a fast machine the agent gives more commands than a minute allows
  expect([...seen].sort()).toEqual(["200 answered", "503 SERVICE_UNAVAILABLE"]);
}, 300_000);

/** Reads and commands, again and again, until it is over. */
async function load(ask: Ask, seen: Set<string>, over: AbortSignal): Promise<void> {
  const found = await ask(ada, READ);
  const { viewer } = found.body.data as { viewer: { entitlements: { edges: { node: { id: string } }[] } } };
  const ids = viewer.entitlements.edges.map(({ node }) => node.id);
  const client = async (number: number) => {
    while (!over.aborted) {
      const input = {
        entitlementId: ids[number % ids.length],
        isLocked: Math.random() < 0.5,
        comments: "Load",
      };
      const answer = await (number % 2 === 0 ? ask(ada, READ) : ask(grace, COMMAND, { input }));
      const code = answer.body.errors?.[0]?.extensions["code"] as string | undefined;
      seen.add(`${answer.status} ${code ?? "answered"}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
}
