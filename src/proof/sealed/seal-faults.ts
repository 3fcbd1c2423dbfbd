import type { Database } from "../../store/statement";
import { readKey } from "../check-proof";
import { cosignedAt } from "../notes/cosignature";
import { TILE_WIDTH } from "../tree/growing-tree";

/** Checkpoints that stand under another instant than the transactions that they end with. */
const MISDATED = `
  select size::text from history_checkpoint c
  where not exists (select from history_transaction x where x.at = c.at and x.first_position < c.size
    and x.first_position + x.entries = c.size)
  order by size limit 1`;

const COUNTS = `
  select (select count(*) from history_checkpoint)::float8 as checkpoints,
    (select count(*) from history_cosignature)::float8 as cosignatures,
    coalesce((select checkpoints from history_clock), 0)::float8 as "countedCheckpoints",
    coalesce((select cosignatures from history_clock), 0)::float8 as "countedCosignatures",
    coalesce((select sum(octet_length(hashes)) / 32 from history_tile), 0)::float8 as hashes`;

/**
 * What is wrong with the seals themselves, whatever they seal: some that were taken away or are too many, and cosignatures
 * that are none. `witnesses` are the verification keys of the known witnesses.
 */
export async function sealFaults(
  db: Database,
  size: number,
  witnesses: readonly string[],
): Promise<string[]> {
  const [found] = await db.query<[Record<string, number>]>(COUNTS);
  const missing = (["Checkpoints", "Cosignatures"] as const).flatMap((what) => {
    const [there, counted] = [found[what.toLowerCase()], found[`counted${what}`]];
    return there === counted
      ? []
      : [`there are ${there} ${what.toLowerCase()}, and the clock has counted ${counted}`];
  });
  let hashes = 0;
  for (let level = size; level > 0; level = Math.floor(level / TILE_WIDTH)) hashes += level;
  if (found["hashes"] !== hashes)
    missing.push(`there are ${found["hashes"]} hashes in tiles, and ${hashes} were sealed`);
  const misdated = await db.query<{ size: string }[]>(MISDATED);
  return [
    ...missing,
    ...misdated.map((row) => `the checkpoint of ${row.size} entries has another instant than they have`),
    ...(await cosignatureFaults(db, witnesses)),
  ];
}

async function cosignatureFaults(db: Database, witnesses: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ size: number; note: string; witness: string; line: string }[]>(
    `select size::float8, note, witness, line from history_cosignature join history_checkpoint using (size)
     where witness = any($1::text[]) order by size`,
    [witnesses.map((vkey) => readKey(vkey).name)],
  );
  return rows.flatMap(({ size, note, witness, line }) => {
    const known = witnesses.filter((vkey) => readKey(vkey).name === witness);
    if (known.some((vkey) => cosignedAt(note + line, vkey) !== null)) return [];
    return [`the cosignature of ${size} entries by ${witness} is not one of its key`];
  });
}
