import type { Queryable } from "../../store/statement";
import type { ProofFile } from "../check-proof";
import { EntryTexts, subjectsOf, TABLES } from "./entry-texts";
import { saltOf } from "../tree/leaf";
import { inclusionPath } from "../tree/paths";
import { textOf } from "./sealer";
import { readKeys } from "./subject-keys";
import { withTiles } from "./tile-store";

/** Proves an entry under a checkpoint: the newest one, unless its size is given. Null while the entry is not sealed. */
export async function proveEntry(db: Queryable, historyId: string, size?: number): Promise<ProofFile | null> {
  const [checkpoint] = await db.query<{ size: number; note: string }[]>(
    "select size::float8, note from history_checkpoint where $1::bigint is null or size = $1 order by size desc limit 1",
    [size ?? null],
  );
  const first = await firstPositionOf(db, historyId);
  if (!checkpoint || first === null || first >= checkpoint.size) return null;
  const entries = await (await EntryTexts.of(db)).read(db, first, first + 1);
  const rank = entries.findIndex((entry) => entry.historyId === historyId);
  const entry = entries[rank]!;
  const subjects = subjectsOf(entry);
  const keys = await readKeys(db, new Set(subjects.map(([, userId]) => userId)));
  const position = first + rank;
  const hashes = await withTiles(db, (read) => inclusionPath(position, checkpoint.size, read));
  return {
    leaf: textOf(entry, keys),
    position,
    hashes: hashes.map((hash) => hash.toString("base64")),
    checkpoint: checkpoint.note,
    openings: subjects.map(([field, userId]) => ({
      field,
      salt: saltOf(keys.get(userId)!, historyId).toString("hex"),
      value: entry.values[field] as string,
    })),
  };
}

const TXID_OF_ENTRY = TABLES.map((table) => `select history_txid from ${table} where history_id = $1`).join(
  " union all ",
);

async function firstPositionOf(db: Queryable, historyId: string): Promise<number | null> {
  const [found] = await db.query<{ first: number }[]>(
    `select first_position::float8 as first from history_transaction where txid = (${TXID_OF_ENTRY})`,
    [historyId],
  );
  return found?.first ?? null;
}
