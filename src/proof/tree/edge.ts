import { nodeHash } from "../check-proof";

/** So many hashes stand in one tile, as in https://c2sp.org/tlog-tiles. */
export const TILE_WIDTH = 256;

/** Neighboring hashes of one level: those of entries at level 0, at each level above those of full tiles below. */
export interface Tile {
  /** Its level, counted from 0, which has the hashes of entries. */
  level: number;
  /** Its place among the tiles of its level, counted from 0. */
  index: number;
  /** Its hashes, up to TILE_WIDTH of them. */
  hashes: Buffer[];
}

/** What is needed of a tree to append to it: its size, and the last tile of each level, which may be empty. */
export interface Edge {
  /** How many entries the tree has. */
  size: number;
  /** The hashes of the last tile of each level, fewer than TILE_WIDTH. */
  last: readonly (readonly Buffer[])[];
}

/** Appends hashes of entries to a tree. Returns its new edge, and each tile that is new or longer than before. */
export function append(edge: Edge, leaves: readonly Buffer[]): { edge: Edge; tiles: Tile[] } {
  const size = edge.size + leaves.length;
  const last: Buffer[][] = [];
  const tiles: Tile[] = [];
  let added: readonly Buffer[] = leaves;
  for (let level = 0; added.length > 0 || level < edge.last.length; level++) {
    const before = edge.last[level] ?? [];
    const hashes = [...before, ...added];
    const first = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const full: Buffer[] = [];
    for (let start = 0; start < hashes.length && added.length > 0; start += TILE_WIDTH) {
      const tile = hashes.slice(start, start + TILE_WIDTH);
      tiles.push({ level, index: first + start / TILE_WIDTH, hashes: tile });
      if (tile.length === TILE_WIDTH) full.push(perfectRoot(tile));
    }
    last.push(hashes.slice(full.length * TILE_WIDTH));
    added = full;
  }
  return { edge: { size, last }, tiles };
}

/** The root of a tree with at least one entry. */
export function rootOf({ last }: Edge): Buffer {
  let root: Buffer | undefined;
  for (const hashes of last) {
    // From the right: the smallest perfect part of the tree is the last one.
    for (let [end, width] = [hashes.length, 1]; end > 0; width *= 2)
      if (end % (2 * width) !== 0) {
        const part = perfectRoot(hashes.slice(end - width, end));
        root = root ? nodeHash(part, root) : part;
        end -= width;
      }
  }
  if (!root) throw new Error("A tree without entries has no root here.");
  return root;
}

/** The root of neighboring hashes, of which there is a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, pair) =>
      nodeHash(level[2 * pair]!, level[2 * pair + 1]!),
    );
  return level[0]!;
}
