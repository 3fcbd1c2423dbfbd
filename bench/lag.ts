import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { percentile } from "./report";
import { at, onServer } from "./scratch";
import { entitlementId, fillEntitlements, makeKey } from "./sealing";
import { serverSettings, startServer } from "./servers";
import { prepareTokens } from "./workloads";

const NAME = "bench_lag";
const SECONDS = 60;
const ENTRIES_A_SECOND = 500;
/** Each writes transactions of two entries, to rows of its own. */
const WRITERS = 20;
const LOOKS_EVERY_MS = 10;
const SEALED_WITHIN_MS = 30_000;
const P99_AT_MOST_MS = 1_000;

/** A transaction, which was committed between the two instants. */
interface Written {
  txid: string;
  /** When its statements were sent. */
  sent: number;
  /** When the answer of its commit came. */
  answered: number;
}

/** Measures how long it takes from a change to the checkpoint that seals it, while a server settles and seals. */
export async function measureLag(url: string): Promise<void> {
  process.stdout.write(`\nlag: ${ENTRIES_A_SECOND} entries a second for ${SECONDS} s, two a transaction\n`);
  await fillEntitlements(url, NAME, 2 * WRITERS);
  const key = makeKey();
  const server = await startServer("server", "src/main.js", {
    ...serverSettings(at(url, NAME), prepareTokens().jwkSet),
    ...key.settings,
    JOBS: "on",
  });
  try {
    await sleep(2_000); // what was filled is sealed
    const watcher = await watch(url);
    const start = performance.now();
    const writing = Array.from({ length: WRITERS }, (_, i) => write(url, i, start));
    const written = (await Promise.all(writing)).flat();
    const took = (performance.now() - start) / 1_000;
    const sealed = await watcher.sealingOf(written);
    process.stdout.write(
      `${2 * written.length} entries in ${took.toFixed(1)} s (${((2 * written.length) / took).toFixed(0)} a second; ` +
        `target: 99th percentile at most ${P99_AT_MOST_MS} ms)\n`,
    );
    tell(
      "from the answer of a commit",
      written.map(({ answered }, i) => sealed[i]! - answered),
    );
    tell(
      "from the first statement of its transaction",
      written.map(({ sent }, i) => sealed[i]! - sent),
    );
  } finally {
    await server.stop();
    key.remove();
    await onServer(url, [`drop database ${NAME} with (force)`]);
  }
}

function tell(what: string, lags: number[]): void {
  const [median, most, longest] = [0.5, 0.99, 1].map((share) =>
    percentile(lags, Math.min(share, 1 - 1 / lags.length)),
  );
  process.stdout.write(
    `${what} to its checkpoint: median ${median!.toFixed(0)} ms, 99th percentile ${most!.toFixed(0)} ms, longest ${longest!.toFixed(0)} ms\n`,
  );
}

/** Writes at its part of the pace, and makes up for what it was late with. */
async function write(url: string, writer: number, start: number): Promise<Written[]> {
  const client = await connect(url);
  const everyMs = (1_000 * 2 * WRITERS) / ENTRIES_A_SECOND;
  const ids = [1, 2].map((n) => `'${entitlementId(2 * writer + n)}'`).join(", ");
  const change = `begin; update course_entitlement set refund_locked = not refund_locked where id in (${ids});
    select history_txid()::text as txid; commit`;
  const done: Written[] = [];
  for (let due = start + (writer * everyMs) / WRITERS; due < start + SECONDS * 1_000; due += everyMs) {
    if (due > performance.now()) await sleep(due - performance.now());
    const sent = performance.now();
    const results = (await client.query(change)) as unknown as { rows: { txid: string }[] }[];
    done.push({ txid: results[2]!.rows[0]!.txid, sent, answered: performance.now() });
  }
  await client.end();
  return done;
}

/** Looks again and again at how much is sealed. */
async function watch(url: string) {
  const client = await connect(url);
  const seen = [{ size: 0, when: 0 }];
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const { rows } = await client.query<{ size: number }>(
        "select coalesce(max(size), 0)::float8 as size from history_checkpoint",
      );
      if (rows[0]!.size > seen.at(-1)!.size) seen.push({ size: rows[0]!.size, when: performance.now() });
      await sleep(LOOKS_EVERY_MS);
    }
  })();
  return {
    /** Waits until all of them are sealed; of each when its checkpoint was first seen. */
    async sealingOf(all: Written[]): Promise<number[]> {
      const size = 2 * (WRITERS + all.length); // with the entries of the filling
      const deadline = performance.now() + SEALED_WITHIN_MS;
      while (seen.at(-1)!.size < size && performance.now() < deadline) await sleep(LOOKS_EVERY_MS);
      stopping.abort();
      await looking;
      const { rows } = await client.query<{ txid: string; end: number }>(
        `select txid::text, (first_position + entries)::float8 as "end" from history_transaction`,
      );
      await client.end();
      const ends = new Map(rows.map(({ txid, end }) => [txid, end]));
      return all.map(({ txid }) => {
        const end = ends.get(txid);
        const sealed = end === undefined ? undefined : seen.find((each) => each.size >= end);
        if (!sealed) throw new Error(`transaction ${txid} was not sealed within ${SEALED_WITHIN_MS} ms`);
        return sealed.when;
      });
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: at(url, NAME) });
  await client.connect();
  return client;
}
