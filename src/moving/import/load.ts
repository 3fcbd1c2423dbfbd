import { copyRows } from "../staging/copy";
import { STAGING } from "../staging/names";
import { indexStaging, makeStaging, removeRepeated } from "../staging/staging";
import type { Part, Source } from "../sources/source";
import { ALL_TABLES } from "../tables/all";
import type { SourceTable } from "../tables/source-table";
import type { Session } from "./session";

/** Is told of progress: how much is done of how much, and in which unit. */
export type OnProgress = (what: string, done: number, total: number, unit: string) => void;

/** The parts of a table to read; null is all of it, and an empty list none of it. */
export type Wanted = (table: SourceTable) => Promise<Part[] | null> | Part[] | null;

/** What is read of a source, in the order of the tables. */
export interface Reading {
  tables: readonly SourceTable[];
  wanted: Wanted;
}

const EVERYTHING: Reading = { tables: ALL_TABLES, wanted: () => null };

/** Reads a source into the staging schema, in the order of the tables. What is staged counts once all of it is. */
export async function load(
  session: Session,
  source: Source,
  onProgress: OnProgress,
  { tables, wanted }: Reading = EVERYTHING,
): Promise<void> {
  const isPartial = wanted !== EVERYTHING.wanted;
  await session.run(async (tx) => {
    await makeStaging(tx);
    // The clock of the source may be ahead of ours, by which everything else is dated that is told later.
    await tx.query(
      `insert into ${STAGING}.import (source, given_as_of, as_of, is_partial)
       values ($1, $2::text, least($2::timestamp at time zone 'UTC', clock_timestamp()), $3)`,
      [source.name, source.asOf, isPartial],
    );
  });
  let total = 0;
  if (!isPartial) for (const table of tables) total += await source.sizeOf(table);
  let done = 0;
  const onRead = (amount: number) => onProgress("read", (done += amount), Math.max(total, done), source.unit);
  for (const table of tables)
    for (const part of (await wanted(table)) ?? [null])
      await session.run((tx) => copyRows(tx, table, source.read(table, part, onRead)));
  await session.run(async (tx) => {
    if (isPartial) await removeRepeated(tx);
    await indexStaging(tx);
    await tx.query(`update ${STAGING}.import set is_loaded = true`);
  });
}
