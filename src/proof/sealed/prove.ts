import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "../../store/statement";
import { leafHash, openCheckpoint } from "../check-proof";
import { givenUp } from "../given-up";
import { GrowingTree, TILE_WIDTH, type Tile } from "../tree/growing-tree";
import { EntryTexts, partFrom } from "./entry-texts";
import { miscountedErasures, silentErasures } from "./erasures";
import { sealFaults } from "./seal-faults";
import { accountsIn, type SealedEntry } from "./sealed-entry";
import type { Trusted } from "./trusted";
import { readKeys, type SubjectKeys } from "./subject-keys";
import { readTiles } from "./tile-store";

/** Entries that are read at once: so many tiles are complete at the end of each part. */
const READ_AT_ONCE = 8 * TILE_WIDTH;

/** What was proven, or is wrong. */
export interface Proving {
  /** How many entries were hashed. */
  entries: number;
  /** One sentence for each fault; none when everything is as it was sealed. */
  faults: string[];
  /** One sentence for each checkpoint that was given up: whoever relies on the history has to know. */
  givenUp: string[];
}

/**
 * Hashes the history again from its rows and compares it with its tiles, with the checkpoints in the database, and with
 * those that were kept elsewhere. The memory that it needs does not grow with the history. The transaction of the
 * connection should be repeatable read. A fault names the first position that is not as it was sealed, and its entity.
 */
export async function prove(
  db: Database,
  trusted: Trusted,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<Proving> {
  const [{ size, inTables }] = await db.query<[{ size: number; inTables: number }]>(
    `select coalesce((select max(size) from history_checkpoint), 0)::float8 as size,
       coalesce((select max(first_position + entries) from history_transaction), 0)::float8 as "inTables"`,
  );
  const faults: string[] = [];
  const forsaken = await givenUp(db);
  const isGivenUp = (size: number, root: Buffer) =>
    forsaken.some((each) => each.size === size && each.root === root.toString("base64"));
  const expected = await expectedRoots(db, trusted, isGivenUp, faults);
  const last = Math.max(size, ...expected.map((each) => each.size));
  if (last > inTables)
    faults.push(`history has ${inTables} entries, and ${last} were sealed: the newest ones are missing`);
  const texts = await EntryTexts.of(db);
  const unmet = expected.toReversed();
  const end = Math.min(last, inTables);
  const tree = new GrowingTree();
  let wasTold = false;
  const ask = async (from: number) => {
    const part = from < end ? await partFrom(db, from, READ_AT_ONCE) : null;
    return part ? { entries: texts.read(db, "history_txid", part.txids, part.ats) } : null;
  };
  for (let part = await ask(0); tree.size < end; onProgress(tree.size, last)) {
    const from = tree.size;
    const entries = (await part?.entries) ?? [];
    if (entries.length === 0) {
      faults.push(`position ${from} has no entry, so what was sealed from there on is not proven`);
      break;
    }
    const keys = await readKeys(db, accountsIn(entries));
    faults.push(...(await silentErasures(db, entries)));
    part = await ask(from + entries.length);
    await nextTurn(); // the next part is asked for: PostgreSQL reads it while this one is hashed
    const leaves = hashes(entries, keys, faults);
    const differing = append(tree, leaves, unmet);
    const tiles = tree.takeChanged();
    await part?.entries; // one statement at a time
    if (!wasTold) {
      const fault = await firstDifference(db, from, entries, Math.min(size, tree.size), tiles);
      if (fault) faults.push(fault);
      wasTold = fault !== null;
    }
    faults.push(...differing);
  }
  faults.push(...(await miscountedErasures(db)));
  faults.push(...(await sealFaults(db, size, trusted.witnesses)));
  const told = forsaken.map(
    (each) =>
      `the checkpoint of ${each.size} entries was given up by ${each.role} at ${each.at.toISOString()}: ${each.reason}`,
  );
  return { entries: tree.size, faults, givenUp: told };
}

interface Expected {
  size: number;
  root: Buffer;
  where: string;
}

async function expectedRoots(
  db: Database,
  { vkey, outside }: Trusted,
  isGivenUp: (size: number, root: Buffer) => boolean,
  faults: string[],
): Promise<Expected[]> {
  const rows = await db.query<{ size: number; note: string }[]>(
    "select size::float8, note from history_checkpoint order by size",
  );
  const all = [
    ...rows.map((row) => ({ where: "the database", ...row })),
    ...outside.map((kept) => ({ ...kept, size: null })),
  ];
  const found = all.flatMap(({ where, note, size: under }) => {
    try {
      const { size, root } = openCheckpoint(note, vkey);
      if (under !== null && under !== size)
        throw new Error(`It stands under ${under} entries, and has ${size}.`);
      if (under !== null && note.slice(note.indexOf("\n\n") + 2).split("\n").length !== 2)
        throw new Error(`That of ${size} entries has not one signature.`);
      return under === null && isGivenUp(size, root) ? [] : [{ size, root, where }];
    } catch (error) {
      faults.push(`a checkpoint in ${where}: ${(error as Error).message}`);
      return [];
    }
  });
  const sizes = new Set(rows.map(({ size }) => size));
  for (const { size, where } of found)
    if (where !== "the database" && !sizes.has(size))
      faults.push(`the checkpoint of ${size} entries in ${where} is missing in the database`);
  return found.toSorted((one, other) => one.size - other.size);
}

/** Appends hashes of entries, and compares the roots on the way with those that are expected, of which the smallest is last. */
function append(tree: GrowingTree, leaves: readonly Buffer[], unmet: Expected[]): string[] {
  const faults: string[] = [];
  for (const leaf of leaves) {
    tree.append(leaf);
    while ((unmet.at(-1)?.size ?? Infinity) <= tree.size) {
      const { size, root, where } = unmet.pop()!;
      if (size > 0 && !tree.root.equals(root))
        faults.push(`the first ${size} entries are not those of the checkpoint in ${where}`);
    }
  }
  return faults;
}

function hashes(entries: readonly SealedEntry[], keys: SubjectKeys, faults: string[]): Buffer[] {
  return entries.map((entry) => {
    try {
      return leafHash(entry.textOf(keys));
    } catch (error) {
      faults.push((error as Error).message);
      return Buffer.alloc(32);
    }
  });
}

/** The first entry whose hash is not that in the tiles, or the first tile that does not follow from those below it. */
async function firstDifference(
  db: Database,
  from: number,
  entries: readonly SealedEntry[],
  sealed: number,
  tiles: readonly Tile[],
): Promise<string | null> {
  const stored = await readTiles(db, tiles);
  for (const [at, { level, index, hashes: computed }] of tiles.entries()) {
    const kept = stored[at]!.hashes;
    const width = TILE_WIDTH ** (level + 1);
    const count = Math.min(computed.length, Math.floor((sealed - index * width) / TILE_WIDTH ** level));
    for (let place = 0; place < count; place++) {
      if (kept[place]?.equals(computed[place]!)) continue;
      if (level > 0) return `hash ${place} of tile ${level}/${index} is not that of the tile below`;
      const position = index * TILE_WIDTH + place;
      const entry = entries[position - from];
      return entry
        ? `position ${position}: entry ${entry.historyId} of ${entry.table} ${entry.entity} is not as it was sealed`
        : `position ${position} is not as it was sealed`;
    }
  }
  return null;
}
