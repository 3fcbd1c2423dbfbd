import { select, type Database } from "../../store/statement";

/** A checkpoint of the history. */
export interface SealedCheckpoint {
  /** How many entries it seals. */
  size: number;
  /** The instant from which the last of them counts. */
  settledAt: Date;
  /** The signed checkpoint, with the lines of the witnesses that have cosigned it. */
  note: string;
}

/** The checkpoint of a size, or the newest one; null where there is none. */
export async function checkpointOf(
  db: Database,
  size: number | null = null,
): Promise<SealedCheckpoint | null> {
  const [checkpoint] = await select<SealedCheckpoint>(
    db,
    `select size::float8, at as "settledAt", note || coalesce((
       select string_agg(line, '' order by witness) from history_cosignature s where s.size = c.size), '') as note
     from history_checkpoint c where $1::bigint is null or size = $1 order by size desc limit 1`,
    [size],
  );
  return checkpoint ?? null;
}
