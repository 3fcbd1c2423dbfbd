import type { Database } from "../store/statement";
import { openCheckpoint } from "./check-proof";
import { readTree } from "./sealed/tile-store";
import type { KeptCheckpoint, Trusted } from "./sealed/trusted";

/** A checkpoint of another past that an operator has given up, so that it is no fault that the history has it not. */
export interface GivenUp {
  /** How many entries it seals. */
  size: number;
  /** The root of their hashes, in base64. */
  root: string;
  /** When it was given up. */
  at: Date;
  /** The role of the database that has given it up. */
  role: string;
  /** Why. */
  reason: string;
}

/** What was given up, the oldest first. */
export function givenUp(db: Database): Promise<GivenUp[]> {
  return db.query("select size::float8, root, at, role, reason from history_given_up order by at, size");
}

/**
 * Gives up those of some kept checkpoints that the history contradicts, as the owner of the tables, and returns how many
 * they are. Throws an error for one that the key has not signed.
 */
export async function giveUp(
  owner: Database,
  { vkey, outside }: Pick<Trusted, "vkey" | "outside">,
  reason: string,
): Promise<number> {
  const [{ sealed }] = await owner.query<[{ sealed: number }]>(
    "select coalesce(max(size), 0)::float8 as sealed from history_checkpoint",
  );
  let count = 0;
  for (const { size, root } of opened(outside, vkey)) {
    if (size <= sealed && (await readTree(owner, size)).root.equals(root)) continue;
    const rows = await owner.query<object[]>(
      "insert into history_given_up (size, root, reason) values ($1, $2, $3) on conflict do nothing returning size",
      [size, root.toString("base64"), reason],
    );
    count += rows.length;
  }
  return count;
}

function opened(outside: readonly KeptCheckpoint[], vkey: string): { size: number; root: Buffer }[] {
  return outside.map(({ where, note }) => {
    try {
      return openCheckpoint(note, vkey);
    } catch (error) {
      const why = (error as Error).message;
      throw new Error(`A checkpoint in ${where} cannot be given up. ${why}`, { cause: error });
    }
  });
}
