import { isSigned, readKey, signaturesOf } from "../check-proof";
import { ALGORITHMS, type Signer } from "./signer";

const textAt = (seconds: bigint, text: string) => `cosignature/v1\ntime ${seconds}\n${text}`;

/** The line by which a witness says that it has seen a checkpoint, and nothing that contradicts it, at an instant. */
export function cosign(witness: Signer, text: string, at: Date): string {
  const seconds = BigInt(Math.floor(at.getTime() / 1_000));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(seconds);
  return witness.line(textAt(seconds, text), time);
}

/** When a witness has cosigned a note (https://c2sp.org/tlog-cosignature); null when it has not. */
export function cosignedAt(note: string, vkey: string): Date | null {
  const { text, signatures } = signaturesOf(note, vkey);
  const { algorithm, key } = readKey(vkey);
  if (algorithm !== ALGORITHMS.cosignature) return null;
  for (const signature of signatures) {
    if (signature.length !== 72) continue;
    const seconds = signature.readBigUInt64BE();
    if (isSigned(textAt(seconds, text), signature.subarray(8), key)) return new Date(Number(seconds) * 1_000);
  }
  return null;
}
