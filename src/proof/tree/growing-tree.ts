import { nodeHash } from "../check-proof";

/** So many hashes stand in one tile, as in https://c2sp.org/tlog-tiles. */
export const TILE_WIDTH = 256;
/** The levels of the tree from one level of tiles to the next. */
export const TILE_HEIGHT = Math.log2(TILE_WIDTH);

/** Neighboring hashes of one level: those of entries at level 0, at each level above those of full tiles below. */
export interface Tile {
  /** Its level, counted from 0, which has the hashes of entries. */
  level: number;
  /** Its place among the tiles of its level, counted from 0. */
  index: number;
  /** Its hashes, up to TILE_WIDTH of them. */
  hashes: Buffer[];
}

/** A tree that grows entry by entry and tells its root at any size: one hash for an entry, and at most 53 for a root. */
export class GrowingTree {
  /** The roots of its perfect parts, the largest first. */
  private readonly parts: Buffer[] = [];
  /** The last tile of each level. */
  private readonly last: Tile[];
  private readonly changed = new Set<Tile>();

  /** `last` are the hashes in the last tile of each level, fewer than TILE_WIDTH. */
  constructor(
    /** How many entries it has. */
    public size = 0,
    last: readonly Buffer[][] = [],
  ) {
    this.last = last.map((hashes, level) => ({
      level,
      index: Math.floor(size / TILE_WIDTH ** (level + 1)),
      hashes,
    }));
    for (const hashes of last.toReversed())
      for (let [start, width] = [0, TILE_WIDTH / 2]; width >= 1; width /= 2)
        if ((hashes.length & width) > 0) {
          this.parts.push(perfectRoot(hashes.slice(start, start + width)));
          start += width;
        }
  }

  /** Appends the hash of an entry. */
  append(leaf: Buffer): void {
    let root = leaf;
    this.extend(0, leaf);
    for (let [pairs, height] = [this.size, 1]; pairs % 2 === 1; pairs = (pairs - 1) / 2, height++) {
      root = nodeHash(this.parts.pop()!, root);
      if (height % TILE_HEIGHT === 0) this.extend(height / TILE_HEIGHT, root);
    }
    this.parts.push(root);
    this.size += 1;
  }

  /** The root; there must be an entry. */
  get root(): Buffer {
    return this.parts.reduceRight((right, left) => nodeHash(left, right));
  }

  /** Each tile that is new or longer than when it was asked for last, the lowest levels first. */
  takeChanged(): Tile[] {
    const tiles = [...this.changed].toSorted((one, other) => one.level - other.level);
    this.changed.clear();
    return tiles;
  }

  private extend(level: number, hash: Buffer): void {
    let tile = this.last[level];
    if (!tile || tile.hashes.length === TILE_WIDTH)
      tile = this.last[level] = {
        level,
        index: Math.floor(this.size / TILE_WIDTH ** (level + 1)),
        hashes: [],
      };
    tile.hashes.push(hash);
    this.changed.add(tile);
  }
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
