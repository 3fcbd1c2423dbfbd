import { select, type Database } from "../../store/statement";
import type { ProofFile } from "../check-proof";
import { saltOf } from "../tree/leaf";
import { inclusionPath } from "../tree/paths";
import { checkpointOf, type SealedCheckpoint } from "./checkpoints";
import { EntryTexts, subjectsOf, TABLES } from "./entry-texts";
import { textOf } from "./sealer";
import { readKeys } from "./subject-keys";
import { withTiles } from "./tile-store";

/** What proves an entry, with its checkpoint as it was read. */
export type EntryProof = Omit<ProofFile, "checkpoint"> & { checkpoint: SealedCheckpoint };

/** Proves an entry under a checkpoint: the newest one, unless its size is given. Null while the entry is not sealed. */
export async function proveEntry(db: Database, historyId: string, size?: number): Promise<EntryProof | null> {
  const checkpoint = await checkpointOf(db, size);
  const [proof] = checkpoint ? await proveEntries(db, [historyId], checkpoint) : [];
  return proof ?? null;
}

/** Proves entries under a checkpoint; null for those that it does not seal. As many statements for all as for one. */
export async function proveEntries(
  db: Database,
  historyIds: readonly string[],
  checkpoint: SealedCheckpoint,
): Promise<(EntryProof | null)[]> {
  const positions = await positionsOf(db, historyIds);
  const sealed = historyIds.filter((id) => (positions.get(id) ?? Infinity) < checkpoint.size);
  if (sealed.length === 0) return historyIds.map(() => null);
  const entries = await (await EntryTexts.of(db)).readSome(db, sealed);
  const keys = await readKeys(db, new Set(entries.flatMap((entry) => subjectsOf(entry).map(([, id]) => id))));
  const paths = await withTiles(db, (read) =>
    entries.map(({ historyId }) => inclusionPath(positions.get(historyId)!, checkpoint.size, read)),
  );
  const proofs = entries.map((entry, place): [string, EntryProof] => [
    entry.historyId,
    {
      leaf: textOf(entry, keys),
      position: positions.get(entry.historyId)!,
      hashes: paths[place]!.map((hash) => hash.toString("base64")),
      checkpoint,
      openings: subjectsOf(entry).map(([field, userId]) => ({
        field,
        salt: saltOf(keys.get(userId)!, entry.historyId).toString("hex"),
        value: entry.values[field] as string,
      })),
    },
  ]);
  const found = new Map(proofs);
  return historyIds.map((id) => found.get(id) ?? null);
}

const ENTRIES = TABLES.map(
  (table) => `select history_id, history_txid from ${table} where history_id = any($1::bigint[])`,
).join(" union all ");
const BEFORE = TABLES.map(
  (table) =>
    `(select count(*) from ${table} other where other.history_txid = e.history_txid and other.history_id < e.history_id)`,
).join(" + ");

/** The positions of settled entries by their ids. */
async function positionsOf(db: Database, historyIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await select<{ id: string; position: number }>(
    db,
    `select e.history_id::text as id, (x.first_position + ${BEFORE})::float8 as position
     from (${ENTRIES}) e join history_transaction x on x.txid = e.history_txid`,
    [historyIds],
  );
  return new Map(rows.map(({ id, position }) => [id, position]));
}
