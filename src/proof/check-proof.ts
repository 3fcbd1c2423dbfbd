/** Checks proofs of entries of history (RFC 9162, https://c2sp.org/tlog-checkpoint). It needs no other file: copy it. */
import { createPublicKey, hash, verify } from "node:crypto";

/** How much history was sealed, and the hash of all of it. */
export interface Checkpoint {
  /** The name of the history. */
  origin: string;
  /** How many entries it had. */
  size: number;
  /** The root of the tree of their hashes. */
  root: Buffer;
}

/** What proves an entry, as `npm run history:proof` writes it, or GraphQL answers it. */
export interface ProofFile {
  /** The sealed text of the entry. */
  leaf: string;
  /** Its place in the history, counted from 0. */
  position: number;
  /** The hashes beside the way from the entry to the root, in base64. */
  hashes: string[];
  /** The signed checkpoint. */
  checkpoint: string;
  /** What opens personal fields, as far as the receiver may read them; the salt is in hex. */
  openings: { field: string; salt: string; value: string }[];
}

/** SHA-256. Node takes much longer to make a buffer of each hash itself than to write it as a text. */
export const sha256 = (bytes: Buffer | string): Buffer =>
  Buffer.from(hash("sha256", bytes, "binary"), "binary");

/** The hash of the text of an entry (RFC 9162, section 2.1.1). */
export const leafHash = (text: string): Buffer => sha256(`\0${text}`);

/** The hash of two neighboring hashes. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(both, 1);
  right.copy(both, 33);
  return sha256(both);
}
const both = Buffer.alloc(65, 1);
/** What stands for a personal value in the text of an entry, in hex. */
export const hiddenValue = (salt: Buffer, field: string, value: string): string =>
  hash("sha256", Buffer.concat([salt, Buffer.from(`${field}:${value}`)]), "hex");

/** The root that follows from a leaf and its path; null when the path has another length than it must (section 2.1.3.2). */
export function rootOfPath(leaf: Buffer, position: number, size: number, path: Buffer[]): Buffer | null {
  let [at, last, root] = [position, size - 1, leaf];
  if (!(position >= 0 && position < size)) return null;
  for (const hash of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(hash, root);
      for (; at % 2 === 0 && at !== 0; last = Math.floor(last / 2)) at /= 2;
    } else root = nodeHash(root, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

/** The parts of a verification key of https://c2sp.org/signed-note: its name, its id, its algorithm and the key. */
export function readKey(vkey: string): { name: string; id: string; algorithm: number; key: Buffer } {
  const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey.trim()) ?? [];
  const bytes = Buffer.from(base64 ?? "", "base64");
  const isWhole = name !== undefined && bytes.length === 33 && id === keyId(name, bytes).toString("hex");
  if (!isWhole) throw new Error("The key is not a verification key: <name>+<id>+<base64>.");
  return { name, id, algorithm: bytes[0]!, key: bytes.subarray(1) };
}

/** The id of a key, of four bytes; the first byte of `key` tells the algorithm. */
export const keyId = (name: string, key: Buffer): Buffer =>
  sha256(Buffer.concat([Buffer.from(`${name}\n`), key])).subarray(0, 4);

/** The signatures of a key below a signed note, and the text that they stand under. */
export function signaturesOf(note: string, vkey: string): { text: string; signatures: Buffer[] } {
  const { name, id } = readKey(vkey);
  const cut = note.lastIndexOf("\n\n") + 1;
  const lines = cut > 0 ? note.slice(cut + 1).split("\n") : [];
  const signatures = lines
    .map((line) => line.split(" "))
    .filter(([dash, by, ...rest]) => dash === "—" && by === name && rest.length === 1)
    .map(([, , base64]) => Buffer.from(base64!, "base64"))
    .filter((signature) => signature.subarray(0, 4).toString("hex") === id);
  return { text: note.slice(0, cut), signatures: signatures.map((signature) => signature.subarray(4)) };
}

/** Whether an Ed25519 key has signed a text. */
export function isSigned(text: string, signature: Buffer, key: Buffer): boolean {
  const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
  return verify(null, Buffer.from(text), createPublicKey({ format: "jwk", key: jwk }), signature);
}

/** The checkpoint in a note that a key has signed. Throws an error that says what is wrong. */
export function openCheckpoint(note: string, vkey: string): Checkpoint {
  const { text, signatures } = signaturesOf(note, vkey);
  const { name, key } = readKey(vkey);
  if (!signatures.some((signature) => isSigned(text, signature, key)))
    throw new Error("The checkpoint is not signed by this key.");
  const [, origin, size, root] = /^(\S+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(text) ?? [];
  if (root === undefined) throw new Error("The signed text is not a checkpoint.");
  if (origin !== name) throw new Error("The checkpoint is one of another history.");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** Reads a proof file. Throws an error when it is none. */
export function readProof(file: string): ProofFile {
  try {
    const { checkpoint: given, openings = [], ...rest } = JSON.parse(file) as Partial<ProofFile>;
    const checkpoint = (given as unknown as { note?: string }).note ?? given; // GraphQL has an object there
    const proof = { ...rest, checkpoint, openings } as ProofFile;
    const words = openings.flatMap((each) => Object.values(each));
    const texts = [proof.leaf, checkpoint, ...proof.hashes, ...words];
    if (texts.every((text) => typeof text === "string") && Number.isSafeInteger(proof.position)) return proof;
  } catch {} // told below
  throw new Error("The file is not a proof of an entry.");
}

/** A value of an entry: null when it is hidden and not opened. */
export type ProvenFields = Record<string, string | string[] | null>;

/**
 * The fields of the entry that a proof file proves. `own` is a checkpoint that the reader has kept, under which the proof
 * has to be. Throws an error that says what is wrong: then nothing is proven.
 */
export function checkProof(file: string, vkey: string, own?: string): ProvenFields {
  const proof = readProof(file);
  const checkpoint = openCheckpoint(proof.checkpoint, vkey);
  const kept = own === undefined ? checkpoint : openCheckpoint(own, vkey);
  if (kept.size !== checkpoint.size)
    throw new Error(`The proof is for ${checkpoint.size} entries, and the kept checkpoint has ${kept.size}.`);
  const path = proof.hashes.map((hash) => Buffer.from(hash, "base64"));
  const root = rootOfPath(leafHash(proof.leaf), proof.position, checkpoint.size, path);
  if (!root?.equals(checkpoint.root) || !root.equals(kept.root))
    throw new Error("The entry is not in the history that this checkpoint has sealed.");
  const fields = JSON.parse(proof.leaf) as Record<string, string | string[] | { hidden: string }>;
  const opened = new Map(proof.openings.map((opening) => [opening.field, opening]));
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      if (typeof value === "string" || Array.isArray(value)) return [field, value];
      const opening = opened.get(field);
      if (!opening) return [field, null];
      if (hiddenValue(Buffer.from(opening.salt, "hex"), field, opening.value) !== value.hidden)
        throw new Error(`The value of ${field} is not the one that was sealed.`);
      return [field, opening.value];
    }),
  );
}
