import { openCheckpoint, signaturesOf, type Checkpoint } from "../check-proof";
import { isConsistent } from "../tree/consistency";
import { cosign } from "../notes/cosignature";
import type { Signer } from "../notes/signer";

/** What a witness answers, as https://c2sp.org/tlog-witness says. */
export interface WitnessAnswer {
  /** The HTTP status: 200 with a cosignature, 409 with the size that it has seen, or why it refuses. */
  status: 200 | 400 | 403 | 404 | 409 | 422;
  /** The text of the answer. */
  body: string;
}

/** What a witness remembers of a history. */
export interface Memory {
  /** The last checkpoint that it has cosigned, as it was signed; undefined when there is none. */
  read(origin: string): string | undefined;
  /** Remembers one for good, before it is answered. */
  write(origin: string, note: string): void;
}

/** What a witness is told: up to which size the sender knows that it has seen, what proves the rest, and the checkpoint. */
export interface AddCheckpoint {
  /** The size that the sender takes the witness to have seen. */
  old: number;
  /** The proof of consistency from that size. */
  path: readonly Buffer[];
  /** The signed checkpoint. */
  note: string;
}

/** The body of a request to a witness. */
export function writeAddCheckpoint({ old, path, note }: AddCheckpoint): string {
  return `old ${old}\n${path.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${note}`;
}

function readAddCheckpoint(body: string): AddCheckpoint | null {
  const cut = body.indexOf("\n\n");
  const [first = "", ...hashes] = body.slice(0, cut).split("\n");
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const isWhole = cut > 0 && old !== undefined && hashes.every((hash) => /^[A-Za-z0-9+/]{43}=$/.test(hash));
  if (!isWhole || hashes.length > 63) return null;
  return {
    old: Number(old),
    path: hashes.map((hash) => Buffer.from(hash, "base64")),
    note: body.slice(cut + 2),
  };
}

/**
 * A witness: it cosigns each checkpoint of the histories it knows that continues the last one it has seen, and no other.
 * So a history that shows two different pasts to two readers, or that was rolled back, gets no cosignature. `keys` are
 * the verification keys of those histories.
 */
export function witness(signer: Signer, keys: readonly string[], memory: Memory) {
  return (body: string, now: Date): WitnessAnswer => {
    const asked = readAddCheckpoint(body);
    if (!asked) return { status: 400, body: "The body is not a request to add a checkpoint.\n" };
    const origin = asked.note.slice(0, asked.note.indexOf("\n"));
    const vkey = keys.find((key) => key.startsWith(`${origin}+`));
    if (!vkey) return { status: 404, body: "This witness does not know that history.\n" };
    let newer: Checkpoint;
    try {
      newer = openCheckpoint(asked.note, vkey);
    } catch (error) {
      return { status: 403, body: `${(error as Error).message}\n` };
    }
    if (asked.old > newer.size) return { status: 400, body: "The old size is greater than the new one.\n" };
    const known = memory.read(origin);
    const older = known === undefined ? { size: 0, root: Buffer.alloc(0) } : openCheckpoint(known, vkey);
    const isOther = older.size === newer.size && !older.root.equals(newer.root);
    if (asked.old !== older.size || isOther) return { status: 409, body: `${older.size}\n` };
    if (!isConsistent(older, newer, asked.path))
      return {
        status: 422,
        body: "The path does not prove that this history continues the one that was seen.\n",
      };
    memory.write(origin, asked.note);
    return { status: 200, body: cosign(signer, signaturesOf(asked.note, vkey).text, now) };
  };
}
