import { createHash, createPublicKey } from "node:crypto";
import { verifyCheckpoint } from "@sigstore/verify/dist/tlog/checkpoint";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle";
import { leafHash, openCheckpoint, rootOfPath } from "../../src/proof/check-proof";
import { isConsistent } from "../../src/proof/tree/consistency";
import { GrowingTree, TILE_WIDTH } from "../../src/proof/tree/growing-tree";
import { consistencyPath, inclusionPath, rootsOf, type ReadTile } from "../../src/proof/tree/paths";
import { signCheckpoint } from "../../src/proof/notes/signer";
import { newSigner } from "./signers";

const bodyOf = (number: number) => Buffer.from(`entry ${number}`);
const leafOf = (number: number) => leafHash(`entry ${number}`);

/** The tree as RFC 9162 defines it in section 2.1.1, without any tile. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  const parts = [naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half))];
  return createHash("sha256")
    .update(Buffer.from([1]))
    .update(Buffer.concat(parts))
    .digest();
}

/** A tree that was appended to in parts, and its tiles. Each part is appended to what the tiles tell. */
function treeOf(parts: readonly number[]) {
  const tiles = new Map<string, readonly Buffer[]>();
  let tree = new GrowingTree();
  for (const count of parts) {
    tree = new GrowingTree(tree.size, lastOf(tree.size, tiles));
    for (const leaf of LEAVES.slice(tree.size, tree.size + count)) tree.append(leaf);
    for (const { level, index, hashes } of tree.takeChanged()) tiles.set(`${level}/${index}`, hashes);
  }
  const read: ReadTile = (level, index) => tiles.get(`${level}/${index}`)!;
  return { tree, read };
}

/** The hashes in the last tile of each level that is not full. */
function lastOf(size: number, tiles: ReadonlyMap<string, readonly Buffer[]>): Buffer[][] {
  const last: Buffer[][] = [];
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH))
    last.push([...(tiles.get(`${level}/${Math.floor(count / TILE_WIDTH)}`) ?? [])]);
  return last;
}

const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 513, 1_000];
/** More than a full tile of full tiles. */
const LARGE = 65_793;
const LEAVES = Array.from({ length: LARGE }, (_, number) => leafOf(number));

test.each(SIZES)(
  "a tree of %d entries has the root of the definition, however it was appended to",
  (size) => {
    const root = naiveRoot(LEAVES.slice(0, size));
    for (const parts of [[size], [1, size - 1], [Math.floor(size / 3), Math.ceil((2 * size) / 3)]]) {
      const { tree } = treeOf(parts);
      expect([tree.size, tree.root.equals(root)]).toEqual([size, true]);
    }
  },
);

test("a tree that grows entry by entry has the root of the definition at each size", () => {
  const tree = new GrowingTree();
  for (const leaf of LEAVES.slice(0, 300)) {
    tree.append(leaf);
    expect([tree.size, tree.root.equals(naiveRoot(LEAVES.slice(0, tree.size)))]).toEqual([tree.size, true]);
  }
});

test("each tile of a tree is full but for the last of its level, and is replaced by longer ones only", () => {
  const seen = new Map<string, readonly Buffer[]>();
  const tree = new GrowingTree();
  for (const count of [1, 254, 1, 1, 600, 0, 3]) {
    for (const leaf of LEAVES.slice(tree.size, tree.size + count)) tree.append(leaf);
    for (const { level, index, hashes } of tree.takeChanged()) {
      const before = seen.get(`${level}/${index}`) ?? [];
      expect(hashes.slice(0, before.length)).toEqual(before);
      expect(hashes.length).toBeGreaterThan(before.length);
      seen.set(`${level}/${index}`, [...hashes]);
    }
  }
  expect([...seen].map(([place, { length }]) => `${place} ${length}`).sort()).toEqual([
    `0/0 ${TILE_WIDTH}`,
    `0/1 ${TILE_WIDTH}`,
    `0/2 ${TILE_WIDTH}`,
    "0/3 92",
    "1/0 3",
  ]);
});

describe("an independent verifier", () => {
  const signer = newSigner("history.example");
  const publicKey = createPublicKey({
    format: "jwk",
    key: {
      kty: "OKP",
      crv: "Ed25519",
      x: Buffer.from(signer.vkey.split("+").slice(2).join("+"), "base64").subarray(1).toString("base64url"),
    },
  });
  const logID = Buffer.from(signer.vkey.split("+")[1]!, "hex");

  test.each([...SIZES, LARGE])(
    "accepts the proofs of a tree of %d entries, and refuses altered ones",
    (size) => {
      const { tree, read } = treeOf([size]);
      const note = signCheckpoint(signer, tree);
      const some = Array.from({ length: 12 }, (_, each) => Math.floor((each * (size - 1)) / 11));
      for (const position of new Set(some)) {
        const hashes = rootsOf(inclusionPath(position, size), read);
        const judge = (body: Buffer, path: Buffer[], at = position) => {
          const inclusionProof = { logIndex: String(at), hashes: path, checkpoint: { envelope: note } };
          const entry = { canonicalizedBody: body, inclusionProof } as never;
          const checkpoint = verifyCheckpoint(entry, [{ logID, publicKey, baseURL: signer.name } as never]);
          verifyMerkleInclusion(entry, checkpoint);
        };
        judge(bodyOf(position), hashes);
        expect(rootOfPath(leafOf(position), position, size, hashes)).toEqual(tree.root);
        expect(() => judge(bodyOf(position + 1), hashes)).toThrow("does not match");
        if (size > 1) {
          const other = (position + 1) % size;
          expect(() => judge(bodyOf(position), hashes, other)).toThrow(/root hash|hash count/);
          expect(rootOfPath(leafOf(position), other, size, hashes)).not.toEqual(tree.root);
          const altered = hashes.with(0, leafOf(size));
          expect(() => judge(bodyOf(position), altered)).toThrow("root hash");
          expect(rootOfPath(leafOf(position), position, size, altered)).not.toEqual(tree.root);
          for (const wrong of [hashes.slice(1), [...hashes, leafOf(0)]])
            expect(rootOfPath(leafOf(position), position, size, wrong)).not.toEqual(tree.root);
        }
      }
    },
  );
});

test("a proof of consistency is accepted for each pair of sizes, and no other tree passes", () => {
  const size = 530;
  const leaves = LEAVES.slice(0, size);
  const { read } = treeOf([size]);
  const roots = new Map(
    [1, 2, 3, 4, 6, 7, 8, 255, 256, 257, 512, 513, 530].map((each) => [
      each,
      naiveRoot(leaves.slice(0, each)),
    ]),
  );
  const other = naiveRoot(leaves.with(0, leafOf(size)));
  for (const [from, fromRoot] of roots)
    for (const [to, toRoot] of roots) {
      if (from > to) continue;
      const path = rootsOf(consistencyPath(from, to), read);
      const [older, newer] = [
        { size: from, root: fromRoot },
        { size: to, root: toRoot },
      ];
      expect([from, to, isConsistent(older, newer, path)]).toEqual([from, to, true]);
      expect(isConsistent({ size: from, root: other }, newer, path)).toBe(false);
      expect(isConsistent(older, { size: to, root: other }, path)).toBe(false);
      if (from < to) {
        expect(isConsistent(older, newer, path.slice(1))).toBe(false);
        expect(isConsistent(older, newer, [...path, toRoot])).toBe(false);
        expect(isConsistent(newer, older, path)).toBe(false);
        expect(isConsistent(older, newer, path.with(path.length - 1, leafOf(size)))).toBe(false);
      }
    }
});

test("a proof of one in a million entries has twenty hashes", () => {
  expect(inclusionPath(123_456, 1_000_000)).toHaveLength(20);
  expect(consistencyPath(999_999, 1_000_000).length).toBeLessThanOrEqual(21);
});

test("a checkpoint is opened by its key, and by no other key, name or text", () => {
  const signer = newSigner("history.example");
  const root = leafOf(1);
  const note = signCheckpoint(signer, { size: 12, root });
  expect(openCheckpoint(note, signer.vkey)).toEqual({ origin: "history.example", size: 12, root });
  const other = newSigner("history.example");
  expect(() => openCheckpoint(note, other.vkey)).toThrow("not signed by this key");
  expect(() => openCheckpoint(note.replace("\n12\n", "\n13\n"), signer.vkey)).toThrow("not signed");
  expect(() => openCheckpoint("", signer.vkey)).toThrow("not signed");
  expect(() => openCheckpoint(note, "history.example")).toThrow("not a verification key");
  const text = "other\n12\nAAAA\n";
  expect(() => openCheckpoint(`${text}\n${signer.line(text)}`, signer.vkey)).toThrow("not a checkpoint");
  const elsewhere = `elsewhere.example\n12\n${root.toString("base64")}\n`;
  expect(() => openCheckpoint(`${elsewhere}\n${signer.line(elsewhere)}`, signer.vkey)).toThrow(
    "another history",
  );
});
