import { nodeHash, type Checkpoint } from "../check-proof";

/**
 * Whether a path proves that the history of one checkpoint is the beginning of that of another (RFC 9162, section
 * 2.1.4.2): nothing was taken away from it or changed in it.
 */
export function isConsistent(
  older: Omit<Checkpoint, "origin">,
  newer: Omit<Checkpoint, "origin">,
  path: readonly Buffer[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return path.length === 0;
  let [at, last] = [older.size - 1, newer.size - 1];
  for (; at % 2 === 1; last = Math.floor(last / 2)) at = (at - 1) / 2;
  // A tree whose size is a power of two is itself a part of the newer one, and is not repeated in the path.
  const [start, ...rest] = at === 0 ? [older.root, ...path] : path;
  if (!start) return false;
  let [oldRoot, newRoot] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      for (; at % 2 === 0 && at !== 0; last = Math.floor(last / 2)) at /= 2;
    } else newRoot = nodeHash(newRoot, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldRoot.equals(older.root) && newRoot.equals(newer.root);
}
