import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { HISTORIES } from "../src/history/settle";
import { cpuTimes } from "./cpu";
import { median } from "./report";
import { order, startLoad } from "./run";
import { at, onServer, postmasterPid, recreateMigrated, run } from "./scratch";
import { serverSettings, startServer, type BenchServer } from "./servers";
import { prepareTokens, type BenchRequest } from "./workloads";

const SEALED = "bench_sealed";
const UNSEALED = "bench_unsealed";
const SHARE_AT_LEAST = 0.95;
/** More than a second can give; each entitlement is changed once. */
const COMMANDS_A_SECOND = 400;
/** Connections that rested are closed, and what their successors compile at first is nothing that sealing costs. */
const WARM_UP_SECONDS = 1;
const CONNECTIONS = 16;
/** Settling and sealing what a round has left is part of what the round costs. */
const SEALED_WITHIN_MS = 2_500;

/** Processor time of server and PostgreSQL for a command, in microseconds, and how many commands there were in a second. */
interface Cost {
  cpu: number;
  perSecond: number;
}

/** Measures commands through GraphQL on a server that settles and seals, and in turns on one that only does not. */
export async function measureSealing(url: string, rounds: number, seconds: number): Promise<void> {
  process.stdout.write("\nsealing: setRefundLock through GraphQL, with settling and sealing and without\n");
  const perRound = (WARM_UP_SECONDS + seconds) * COMMANDS_A_SECOND;
  for (const name of [SEALED, UNSEALED]) await fillEntitlements(url, name, (rounds + 1) * perRound);
  const { authorize, jwkSet } = prepareTokens();
  // A service too, as nobody else may ask for that much.
  const claims = { user_id: 1, preferred_username: "learner1", roles: ["support", "service"] };
  const requests = locks(await authorize(claims), (rounds + 1) * perRound);
  const key = makeKey();
  const settings = (name: string) => ({ ...serverSettings(at(url, name), jwkSet), JOBS: "on" });
  const sealing = await startServer("server", "src/main.js", { ...settings(SEALED), ...key.settings });
  const bare = await startServer("server", "bench/unsettled.js", settings(UNSEALED));
  const load = startLoad();
  const postmaster = await postmasterPid(url);
  const give = async ({ port }: BenchServer, forSeconds: number, from: number) => {
    const own = requests.slice(from, from + forSeconds * COMMANDS_A_SECOND);
    const result = await order(load, { port, seconds: forSeconds, connections: CONNECTIONS, requests: own });
    if (result.fault) throw new Error(result.fault);
    if (result.count > own.length) throw new Error("a round had commands that changed nothing");
    await sleep(SEALED_WITHIN_MS);
    return result;
  };
  const measure = async (server: BenchServer, round: number): Promise<Cost> => {
    const from = round * perRound;
    await give(server, WARM_UP_SECONDS, from);
    const before = cpuTimes(server.pid, postmaster);
    const { count, seconds: took } = await give(server, seconds, from + WARM_UP_SECONDS * COMMANDS_A_SECOND);
    const after = cpuTimes(server.pid, postmaster);
    return {
      cpu: (after.server + after.postgres - before.server - before.postgres) / count,
      perSecond: count / took,
    };
  };
  const turns = (round: number) => (round % 2 === 0 ? [sealing, bare] : [bare, sealing]);
  const seen = new Map<BenchServer, Cost[]>([
    [sealing, []],
    [bare, []],
  ]);
  try {
    for (let round = 0; round <= rounds; round++) {
      const costs = new Map<BenchServer, Cost>();
      for (const server of turns(round)) costs.set(server, await measure(server, round));
      if (round > 0) for (const [server, cost] of costs) seen.get(server)!.push(cost);
      tell(round > 0 ? `round ${round}` : "warm-up", costs.get(sealing)!, costs.get(bare)!);
    }
    await requireSealed(url);
  } finally {
    load.kill();
    await Promise.all([sealing.stop(), bare.stop()]);
    key.remove();
    await onServer(
      url,
      [SEALED, UNSEALED].map((name) => `drop database ${name} with (force)`),
    );
  }
  const [withIt, without] = [sealing, bare].map((server) => ({
    cpu: median(seen.get(server)!.map(({ cpu }) => cpu)),
    perSecond: median(seen.get(server)!.map(({ perSecond }) => perSecond)),
  })) as [Cost, Cost];
  tell("median", withIt, without);
  process.stdout.write(`(target: at least ${SHARE_AT_LEAST * 100} %)\n`);
}

function tell(what: string, sealing: Cost, bare: Cost): void {
  process.stdout.write(
    `${what}: ${sealing.cpu.toFixed(0)} µs of CPU a command with (${sealing.perSecond.toFixed(0)} a second), ` +
      `${bare.cpu.toFixed(0)} µs without (${bare.perSecond.toFixed(0)} a second): ${((100 * bare.cpu) / sealing.cpu).toFixed(1)} %\n`,
  );
}

/** A database with so many learners, who have an entitlement each. */
export async function fillEntitlements(url: string, name: string, count: number): Promise<void> {
  await recreateMigrated(url, name);
  await run(at(url, name), [
    `insert into user_account (id, username) select n, 'learner' || n from generate_series(1, ${count}) n`,
    `insert into course_entitlement (id, user_id, course_uuid, mode, order_number, created_at, modified_at)
     select ('e0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n, md5(n::text)::uuid, 'verified', 'EDX-' || n,
       now(), now() from generate_series(1, ${count}) n`,
    "vacuum analyze",
  ]);
}

/** The id of one of them. */
export const entitlementId = (n: number) => `e0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A new key that seals, in a file, with the settings of a server that uses it. */
export function makeKey() {
  const folder = mkdtempSync(join(tmpdir(), "bench-key-"));
  const file = join(folder, "history.pem");
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return {
    settings: { HISTORY_SIGNING_KEY_FILE: file, HISTORY_ORIGIN: "bench.example.org/history" },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Locks the refund of each of so many entitlements, for support. */
function locks(authorization: string, count: number): BenchRequest[] {
  const query = `mutation($input: SetRefundLockInput!) {
    setRefundLock(input: $input) { entitlement { id state isRefundLocked } userErrors { code } }
  }`;
  return Array.from({ length: count }, (_, i) => {
    const input = { entitlementId: entitlementId(i + 1), isLocked: true, comments: "asked by the shop" };
    return { authorization, body: JSON.stringify({ query, variables: { input } }) };
  });
}

/** Fails unless all entries of the one database are sealed, and none of the other one is settled. */
async function requireSealed(url: string): Promise<void> {
  const entries = HISTORIES.map((history) => `(select count(*) from ${history})`).join(" + ");
  for (const [name, open] of [
    [SEALED, `${entries} - (select max(size) from history_checkpoint)`],
    [UNSEALED, "(select count(*) from history_transaction)"],
  ]) {
    const client = new Client({ connectionString: at(url, name!) });
    await client.connect();
    const { rows } = await client.query<{ open: string }>(`select ${open} as open`);
    await client.end();
    if (rows[0]!.open !== "0")
      throw new Error(`${name} has ${rows[0]!.open} entries that it should not have`);
  }
}
