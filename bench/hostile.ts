import { request } from "node:http";
import { latenciesAt } from "./pace";
import { median } from "./report";
import type { BenchServer } from "./servers";
import type { BenchRequest } from "./workloads";

/** How many hostile requests are sent in a second, and what they may do to the others' median at most. */
const HOSTILE_PER_SECOND = 50;
const RATIO_AT_MOST = 2;
const DASHBOARDS_PER_SECOND = 20;

const times = (count: number, part: string) => Array.from({ length: count }, () => part).join(" ");

/** Small documents that are dear to validate; a comment makes each a new one. */
const HOSTILE = [
  `{ ${times(245, "viewer{id}")} }`,
  `{ viewer { entitlements { ${times(245, "totalCount")} } } }`,
  `{ viewer { ${times(120, "entitlements{totalCount}")} } }`,
];

/** What became of hostile requests: how many were answered with each status. */
type Statuses = Map<number, number>;

/** Measures a learner's dashboard alone and beside hostile requests without a token, and tells both medians. */
export async function measureHostile(
  { port }: BenchServer,
  dashboards: readonly BenchRequest[],
  seconds: number,
): Promise<void> {
  await dashboardMedian(port, dashboards, 1); // warms up
  const alone = await dashboardMedian(port, dashboards, seconds);
  const attack = startAttack(port);
  const beside = await dashboardMedian(port, dashboards, seconds);
  const statuses = await attack.stop();
  const told = [...statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  process.stdout.write(
    `\nhostile: a learner's dashboard beside ${HOSTILE_PER_SECOND} hostile requests a second (${told})\n` +
      `  alone ${alone.toFixed(2)} ms, beside them ${beside.toFixed(2)} ms: ${(beside / alone).toFixed(2)} x ` +
      `(target: at most ${RATIO_AT_MOST}.00 x)\n`,
  );
}

async function dashboardMedian(
  port: number,
  dashboards: readonly BenchRequest[],
  seconds: number,
): Promise<number> {
  return median(await latenciesAt(DASHBOARDS_PER_SECOND, port, dashboards, seconds));
}

function startAttack(port: number): { stop(): Promise<Statuses> } {
  const statuses: Statuses = new Map();
  const sent: Promise<void>[] = [];
  const timer = setInterval(() => {
    const query = `${HOSTILE[sent.length % HOSTILE.length]!} # ${sent.length % 2 ? sent.length : 0}`;
    sent.push(
      statusOf(port, JSON.stringify({ query })).then(
        (status) => void statuses.set(status, (statuses.get(status) ?? 0) + 1),
      ),
    );
  }, 1_000 / HOSTILE_PER_SECOND);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(sent);
      return statuses;
    },
  };
}

function statusOf(port: number, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    request({ port, host: "127.0.0.1", method: "POST", path: "/graphql", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    })
      .on("error", reject)
      .end(body);
  });
}
