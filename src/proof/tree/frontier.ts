import { nodeHash } from "../check-proof";

/** A tree that grows entry by entry and tells its root at any size: one hash for an entry, and at most 53 for a root. */
export class Frontier {
  /** How many entries it has. */
  size = 0;
  /** The roots of its perfect parts, the largest first. */
  private readonly parts: Buffer[] = [];

  /** Appends the hash of an entry. */
  append(leaf: Buffer): void {
    let root = leaf;
    for (let pairs = this.size; pairs % 2 === 1; pairs = (pairs - 1) / 2)
      root = nodeHash(this.parts.pop()!, root);
    this.parts.push(root);
    this.size += 1;
  }

  /** The root; there must be an entry. */
  get root(): Buffer {
    return this.parts.reduceRight((right, left) => nodeHash(left, right));
  }
}
