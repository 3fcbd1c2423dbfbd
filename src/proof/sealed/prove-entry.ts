import type { DataSource } from "typeorm";
import { listOf, select } from "../../store/statement";
import type { ProofFile } from "../check-proof";
import { inclusionPath } from "../tree/paths";
import { checkpointOf, type SealedCheckpoint } from "./checkpoints";
import { EntryTexts, instantOf, TABLES } from "./entry-texts";
import { accountsIn } from "./sealed-entry";
import { readKeys } from "./subject-keys";
import { readPaths } from "./tile-store";

/** What proves an entry, with its checkpoint as it was read. */
export type EntryProof = Omit<ProofFile, "checkpoint"> & { checkpoint: SealedCheckpoint };

/** Proves an entry under a checkpoint: the newest one, unless its size is given. Null while the entry is not sealed. */
export async function proveEntry(
  db: DataSource,
  historyId: string,
  size?: number,
): Promise<EntryProof | null> {
  const checkpoint = await checkpointOf(db, size);
  const [proof] = checkpoint ? await proveEntries(db, [historyId], checkpoint) : [];
  return proof ?? null;
}

/**
 * Proves entries under a checkpoint; null for those that it does not seal. As many statements for all as for one, on two
 * connections at once.
 */
export async function proveEntries(
  db: DataSource,
  historyIds: readonly string[],
  checkpoint: SealedCheckpoint,
): Promise<(EntryProof | null)[]> {
  const [places, texts] = await Promise.all([placesOf(db, historyIds), EntryTexts.of(db)]);
  const sealed = places.filter(({ position }) => position < checkpoint.size);
  if (sealed.length === 0) return historyIds.map(() => null);
  const [ids, ats] = [sealed.map(({ id }) => id), sealed.map(({ at }) => at)];
  const path = ({ position }: Place) => inclusionPath(position, checkpoint.size);
  const [entries, paths] = await Promise.all([
    texts.read(db, "history_id", ids, ats),
    readPaths(db, sealed.map(path)),
  ]);
  const keys = await readKeys(db, accountsIn(entries));
  const proofs = entries.map((entry, place): [string, EntryProof] => [
    entry.historyId,
    {
      leaf: entry.textOf(keys),
      position: sealed[place]!.position,
      hashes: paths[place]!.map((hash) => hash.toString("base64")),
      checkpoint,
      openings: Object.entries(entry.saltsOf(keys)).map(([field, salt]) => ({
        field,
        salt: salt.toString("hex"),
        value: entry.valueOf(field) as string,
      })),
    },
  ]);
  const found = new Map(proofs);
  return historyIds.map((id) => found.get(id) ?? null);
}

const ENTRIES = TABLES.map(
  (table) =>
    `select history_id, history_txid from ${table} where history_id = any(${listOf("$1", "bigint")})`,
).join(" union all ");
const BEFORE = TABLES.map(
  (table) =>
    `(select count(*) from ${table} other where other.history_txid = e.history_txid and other.history_id < e.history_id)`,
).join(" + ");

interface Place {
  id: string;
  position: number;
  /** The instant from which the entry counts. */
  at: string;
}

/** Where the settled ones of some entries stand. */
function placesOf(db: DataSource, historyIds: readonly string[]): Promise<Place[]> {
  return select<Place>(
    db,
    `select e.history_id::text as id, (x.first_position + ${BEFORE})::float8 as position, ${instantOf("x.at")} as at
     from (${ENTRIES}) e join history_transaction x on x.txid = e.history_txid`,
    [historyIds],
  );
}
