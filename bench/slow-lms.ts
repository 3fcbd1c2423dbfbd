import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { latenciesAt } from "./pace";
import { median, percentile } from "./report";
import { startServer, type BenchServer } from "./servers";
import type { BenchRequest } from "./workloads";

const DASHBOARDS_PER_SECOND = 100;
const ROUNDS = 5;
/** What one dashboard in a hundred may take at most, in milliseconds. */
const P99_AT_MOST_MS = 50;
const ANSWERS_AFTER_MS = 30_000;

/**
 * Measures learners' dashboards while the LMS and its catalog answer everything but the request for a token after 30
 * seconds, and, in turns with that, on a server without an LMS. Each dashboard is one that is to be refreshed from the LMS.
 */
export async function measureSlowLms(
  alone: BenchServer,
  env: NodeJS.ProcessEnv,
  dashboards: readonly BenchRequest[],
  seconds: number,
): Promise<void> {
  const lms = await openSlowLms();
  const beside = await startServer("server", "src/main.js", { ...env, ...settingsOf(lms.url) });
  const p99 = { alone: [] as number[], beside: [] as number[] };
  const measure = async ({ port }: BenchServer, into: number[], first: number) => {
    const others = [...dashboards.slice(first), ...dashboards.slice(0, first)];
    into.push(percentile(await latenciesAt(DASHBOARDS_PER_SECOND, port, others, seconds), 0.99));
  };
  try {
    for (const server of [alone, beside]) await measure(server, [], 0); // warms up
    for (let round = 0; round < ROUNDS; round++) {
      const first = Math.floor((dashboards.length * round) / ROUNDS);
      await measure(alone, p99.alone, first);
      await measure(beside, p99.beside, first);
    }
    const told = (values: number[]) =>
      `p99 ${median(values).toFixed(2)} ms (median of ${values.length} rounds, ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
    process.stdout.write(
      `\nlms: ${DASHBOARDS_PER_SECOND} dashboards a second while LMS and catalog answer after ${ANSWERS_AFTER_MS / 1_000} s\n` +
        `  without an LMS ${told(p99.alone)}\n` +
        `  beside the LMS ${told(p99.beside)}, ${lms.asked()} requests waited for it ` +
        `(target: at most ${P99_AT_MOST_MS} ms)\n`,
    );
  } finally {
    await beside.stop();
    lms.close();
  }
}

const settingsOf = (url: string) => ({
  LMS_URL: url,
  DISCOVERY_URL: url,
  OAUTH_CLIENT_ID: "bench",
  OAUTH_CLIENT_SECRET: "bench",
  LMS_ENTITLEMENTS: "empty",
  LMS_DEADLINE_MS: "30000",
  LMS_CALLS_PER_MINUTE: "6000",
});

/** An LMS whose answers come so late that nobody waits for them. */
async function openSlowLms(): Promise<{ url: string; asked: () => number; close: () => void }> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url!.startsWith("/oauth2/")) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "of the bench", token_type: "JWT", expires_in: 3_600 }));
      return;
    }
    asked++;
    const timer = setTimeout(() => response.writeHead(503).end(), ANSWERS_AFTER_MS);
    response.on("close", () => clearTimeout(timer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
