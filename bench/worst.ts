import { readFileSync } from "node:fs";
import { get } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "./load";
import type { BenchServer } from "./servers";
import type { Authorize, BenchRequest } from "./workloads";

/** How many of them are sent at once, each by another account, and how long `/healthz` may be silent meanwhile. */
const AT_ONCE = 12;
const SILENT_AT_MOST_MS = 200;

const times = (count: number, part: (place: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(" ");
const RUN =
  "courseRun { id key title org number marketingUrl isSelfPaced startsAt endsAt enrollmentStartsAt enrollmentEndsAt }";
const FACTS = `id courseUuid mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state daysSinceCreated
  daysUntilExpiration expiresAt expirationDate isRedeemable redeemBlocker isRegainable regainBlocker isRefundable refundBlocker
  policy { id isDefault mode expirationPeriod refundPeriod regainPeriod } enrollment { id mode isActive enrolledAt ${RUN} }`;
const CHANGES = "id entityId type changedAt source reason changes { field from to }";
/** Instants that are settled, and at which all that there is existed. */
const started = Date.now();
const at = (place: number) => `asOf(at: "${new Date(started - 1_000 * place).toISOString()}")`;
/** Instants that are refused, each for every object that is asked for it. */
const later = (place: number) => `asOf(at: "${new Date(started + 86_400_000 * (place + 1)).toISOString()}")`;

/** What an entitlement was at another time, and at another time before that. */
const chain = (place: number, levels: number): string =>
  levels === 0 ? "" : `${at(place)} { ...F ${chain(place, levels - 1)} }`;

/** Documents that come close to what one operation may ask for, in different ways. */
const DOCUMENTS = {
  "other times": `{ entitlements(first: 100) { edges { node { ...F ${times(14, (i) => `a${i}: ${at(i)} { ...F }`)} } } } }
    fragment F on CourseEntitlement { ${FACTS} }`,
  "other times of other times": `{ entitlements(first: 100) { edges { node { ...F ${times(11, (i) => `a${i}: ${chain(i, 2)}`)} } } } }
    fragment F on CourseEntitlement { ${FACTS} }`,
  sessions: `{ entitlements(first: 100) { edges { node { ${FACTS} sessions { id isAvailable blocker isCurrent ${RUN} }
    ${at(0)} { ${FACTS} } } } } }`,
  "times to come": `{ entitlements(first: 100) { edges { node { id ${times(14, (i) => `a${i}: ${later(i)} { id }`)} } } } }`,
  history: `{ history(first: 100) { edges { node { ...C previous { ...C } state { ...S } } } } }
    fragment C on HistoryEntry { ${CHANGES} } fragment S on CourseEntitlement { ${FACTS} }`,
  timelines: `{ entitlements(first: 38) { edges { node { ${FACTS} history(first: 2) { edges { node { ${CHANGES} next { ${CHANGES} } } } } } } } }`,
};

/** Sends the worst documents at once, seen for the first time and again, and tells how long the server was silent. */
export async function measureWorst({ port, pid }: BenchServer, authorize: Authorize): Promise<void> {
  const requests: BenchRequest[] = [];
  for (let place = 0; place < AT_ONCE; place++) {
    const person = {
      user_id: 9_000_000 + place,
      preferred_username: `auditor${place}`,
      roles: ["support", "auditor"],
    };
    const query = Object.values(DOCUMENTS)[place % Object.keys(DOCUMENTS).length]!;
    requests.push({ authorization: await authorize(person), body: JSON.stringify({ query }) });
  }
  process.stdout.write(`\nworst: ${AT_ONCE} of the largest operations that are allowed, at once\n`);
  for (const sight of ["first", "second", "third"]) {
    const watch = watchHealth(port, pid);
    const start = performance.now();
    const answers = await Promise.all(
      requests.map((request) => post(port, request).catch((error: Error) => error.message)), // one too long is refused
    );
    const took = performance.now() - start;
    const silent = await watch.stop();
    const bytes = answers.map(({ length }) => Math.round(length / 1_000));
    process.stdout.write(
      `  ${sight} sight: answered in ${took.toFixed(0)} ms (kB each: ${bytes.slice(0, Object.keys(DOCUMENTS).length).join(", ")}); ` +
        `/healthz silent for ${silent.ms.toFixed(0)} ms at most, or ${silent.cpuMs.toFixed(0)} ms of the server's own ` +
        `processor time (target: under ${SILENT_AT_MOST_MS} ms)\n`,
    );
  }
}

/** The longest wait for an answer: by the clock, and in processor time of the server, which no other program prolongs. */
interface Silence {
  ms: number;
  cpuMs: number;
}

/** Asks again as soon as there is an answer, and resolves with the longest waits. */
function watchHealth(port: number, pid: number): { stop(): Promise<Silence> } {
  const over = new AbortController();
  const longest: Silence = { ms: 0, cpuMs: 0 };
  const watching = (async () => {
    while (!over.signal.aborted) {
      const [sent, before] = [performance.now(), mainThreadMs(pid)];
      await new Promise<void>((resolve, reject) => {
        get({ port, host: "127.0.0.1", path: "/healthz" }, (response) =>
          response.resume().on("end", resolve),
        ).on("error", reject);
      });
      longest.ms = Math.max(longest.ms, performance.now() - sent);
      longest.cpuMs = Math.max(longest.cpuMs, mainThreadMs(pid) - before);
      await sleep(2);
    }
  })();
  return {
    async stop() {
      over.abort();
      await watching;
      return longest;
    },
  };
}

/** Processor time of a process's main thread so far; NaN where the system does not tell. */
function mainThreadMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return NaN;
  }
}
