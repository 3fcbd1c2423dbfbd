import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { bigCatalogue } from "./big-catalogue";
import { bigLearners, FIRST_LEARNER, random, type TableRows } from "./big-learners";

/** How many learners go into one round of COPY: progress is told after each. */
const LEARNERS_PER_ROUND = 5_000;

/** What the rounds have written so far. */
export interface BigWorldSize {
  learners: number;
  entitlements: number;
}

/** How many learners the big world has; 0 when it has not been filled. */
export async function bigWorldLearners(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from user_account where id >= $1",
    [FIRST_LEARNER],
  );
  return rows[0]!.count;
}

/**
 * Adds a big world for benchmarks: the same rows for the same instant and number of learners. All of it is one
 * transaction; it is interrupted without a trace.
 */
export async function fillBigWorld(
  client: Client,
  learners: number,
  now: Date,
  onProgress: (size: BigWorldSize) => void,
): Promise<BigWorldSize> {
  const size = { learners: 0, entitlements: 0 };
  const next = random(1);
  await client.query("begin");
  try {
    await client.query("set local statement_timeout = 0; set local synchronous_commit = off");
    await copyTables(client, bigCatalogue(now));
    while (size.learners < learners) {
      const count = Math.min(LEARNERS_PER_ROUND, learners - size.learners);
      const tables = bigLearners(FIRST_LEARNER + size.learners, count, now, next);
      await copyTables(client, tables);
      size.learners += count;
      size.entitlements += tables.course_entitlement!.length;
      onProgress({ ...size });
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
  // What autovacuum would do some minutes later, so that the first measurement is like the last.
  await client.query("set statement_timeout = 0");
  await client.query("vacuum (analyze)");
  return size;
}

async function copyTables(client: Client, tables: TableRows): Promise<void> {
  for (const [table, rows] of Object.entries(tables)) {
    if (rows.length === 0) continue;
    const columns = Object.keys(rows[0]!);
    const target = client.query(copyFrom(`copy ${table} (${columns.join(", ")}) from stdin`));
    await pipeline(Readable.from(chunks(rows)), target);
  }
}

/** COPY's text format. No value of the big world has a character that needs escaping. */
function* chunks(rows: TableRows[string]): Generator<string> {
  for (let start = 0; start < rows.length; start += 500)
    yield rows
      .slice(start, start + 500)
      .map(
        (row) =>
          `${Object.values(row)
            .map((value) => value ?? "\\N")
            .join("\t")}\n`,
      )
      .join("");
}
