import { nodeHash } from "../check-proof";
import { perfectRoot, TILE_WIDTH } from "./edge";

/** Reads the hashes of a tile. */
export type ReadTile = (level: number, index: number) => readonly Buffer[];

/** The levels of the tree from one level of tiles to the next. */
const HEIGHT = Math.log2(TILE_WIDTH);

/** The hashes beside the way from an entry to the root of a tree (RFC 9162, section 2.1.3.1). */
export function inclusionPath(position: number, size: number, read: ReadTile): Buffer[] {
  const path: Buffer[] = [];
  for (let [low, high] = [0, size]; high - low > 1;) {
    const middle = low + leftOf(high - low);
    const [from, to] = position < middle ? [middle, high] : [low, middle];
    path.unshift(rootBetween(from, to, read));
    if (position < middle) high = middle;
    else low = middle;
  }
  return path;
}

/** The hashes that prove that a tree of `from` entries is the beginning of one of `to` (section 2.1.4.1). */
export function consistencyPath(from: number, to: number, read: ReadTile): Buffer[] {
  const path: Buffer[] = [];
  if (from === 0) return path;
  let isWhole = true; // whether the part looked at is all of the smaller tree, whose root its holder knows
  let [low, high] = [0, to];
  while (from < high) {
    const middle = low + leftOf(high - low);
    if (from <= middle) {
      path.unshift(rootBetween(middle, high, read));
      high = middle;
    } else {
      path.unshift(rootBetween(low, middle, read));
      low = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.unshift(rootBetween(low, high, read));
  return path;
}

/** The root of the tree over a range of entries. */
function rootBetween(low: number, high: number, read: ReadTile): Buffer {
  const width = high - low;
  const left = leftOf(width);
  if (width > 1 && left * 2 !== width)
    return nodeHash(rootBetween(low, low + left, read), rootBetween(low + left, high, read));
  // A perfect part of the tree: all of it is below some hashes of one tile.
  const level = Math.floor(Math.log2(width) / HEIGHT);
  const below = TILE_WIDTH ** level;
  const first = low / below;
  const hashes = read(level, Math.floor(first / TILE_WIDTH));
  return perfectRoot(hashes.slice(first % TILE_WIDTH, (first % TILE_WIDTH) + width / below));
}

/** How many of some entries are in the left part of their tree: the greatest power of two below their number. */
function leftOf(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}
