import { generateKeyPairSync } from "node:crypto";
import { signerOf, type Signer } from "../../src/proof/notes/signer";

/** A signer with a new key. */
export function newSigner(name: string, algorithm?: number): Signer {
  const { privateKey } = generateKeyPairSync("ed25519");
  return signerOf(name, privateKey.export({ format: "pem", type: "pkcs8" }) as string, algorithm);
}
