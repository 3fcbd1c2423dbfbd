import { nodeHash } from "../check-proof";
import { perfectRoot, TILE_HEIGHT, TILE_WIDTH } from "./growing-tree";

/** Neighboring entries, from a position on and before another one, whose root is a hash of a path. */
export type Span = readonly [from: number, to: number];

/** Reads the hashes of a tile. */
export type ReadTile = (level: number, index: number) => readonly Buffer[];

/** What the hashes beside the way from an entry to the root of a tree are the roots of (RFC 9162, section 2.1.3.1). */
export function inclusionPath(position: number, size: number): Span[] {
  const path: Span[] = [];
  for (let [low, high] = [0, size]; high - low > 1;) {
    const middle = low + leftOf(high - low);
    path.unshift(position < middle ? [middle, high] : [low, middle]);
    if (position < middle) high = middle;
    else low = middle;
  }
  return path;
}

/** What the hashes are the roots of that prove that a tree of `from` entries is the beginning of one of `to` (section 2.1.4.1). */
export function consistencyPath(from: number, to: number): Span[] {
  const path: Span[] = [];
  if (from === 0) return path;
  let isWhole = true; // whether the part looked at is all of the smaller tree, whose root its holder knows
  let [low, high] = [0, to];
  while (from < high) {
    const middle = low + leftOf(high - low);
    if (from <= middle) {
      path.unshift([middle, high]);
      high = middle;
    } else {
      path.unshift([low, middle]);
      low = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.unshift([low, high]);
  return path;
}

/** The tiles that the roots of a path follow from. */
export function tilesOf(path: readonly Span[]): { level: number; index: number }[] {
  return path.flatMap(partsOf);
}

/** The roots of a path, which are its hashes. */
export function rootsOf(path: readonly Span[], read: ReadTile): Buffer[] {
  return path.map((span) =>
    partsOf(span)
      .map(({ level, index, first, count }) => perfectRoot(read(level, index).slice(first, first + count)))
      .reduceRight((right, left) => nodeHash(left, right)),
  );
}

/** The perfect parts of the tree over some entries, from left to right: all of each is below some hashes of one tile. */
function partsOf([from, to]: Span): { level: number; index: number; first: number; count: number }[] {
  const width = to - from;
  const left = leftOf(width);
  if (width > 1 && left * 2 !== width)
    return [...partsOf([from, from + left]), ...partsOf([from + left, to])];
  const level = Math.floor(Math.log2(width) / TILE_HEIGHT);
  const below = TILE_WIDTH ** level;
  const hash = from / below;
  const index = Math.floor(hash / TILE_WIDTH);
  return [{ level, index, first: hash % TILE_WIDTH, count: width / below }];
}

/** How many of some entries are in the left part of their tree: the greatest power of two below their number. */
function leftOf(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}
