import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { keptKey } from "../../store/kept-key";
import { keyId, type Checkpoint } from "../check-proof";

/** The algorithms of https://c2sp.org/signed-note: of a history that signs its own checkpoint, and of a witness. */
export const ALGORITHMS = { ed25519: 1, cosignature: 4 } as const;

/** Signs notes in one name. */
export interface Signer {
  name: string;
  /** The key that verifies its signatures: `<name>+<id>+<base64>`. */
  vkey: string;
  /** The line that stands below a text; `before` are the bytes between the id of the key and the signature. */
  line(signed: string, before?: Buffer): string;
}

/** A signer with a private key of Ed25519. Throws TypeError for a key of another kind. */
export function signerOf(name: string, pem: string, algorithm: number = ALGORITHMS.ed25519): Signer {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("the key is not one of Ed25519");
  const bytes = Buffer.concat([Buffer.from([algorithm]), publicBytes(key)]);
  const id = keyId(name, bytes);
  return {
    name,
    vkey: `${name}+${id.toString("hex")}+${bytes.toString("base64")}`,
    line: (signed, before = Buffer.alloc(0)) => {
      const signature = sign(null, Buffer.from(signed), key);
      return `— ${name} ${Buffer.concat([id, before, signature]).toString("base64")}\n`;
    },
  };
}

/** The private key of Ed25519 in a file, in PEM; one is made where there is no file. */
export function keyIn(path: string): string {
  return keptKey(path, () => generateKeyPairSync("ed25519").privateKey);
}

function publicBytes(key: KeyObject): Buffer {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.from(x!, "base64url");
}

/** The text of a checkpoint, which is what is signed. */
function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString("base64")}\n`;
}

/** A signed checkpoint of https://c2sp.org/tlog-checkpoint. */
export function signCheckpoint(signer: Signer, { size, root }: Omit<Checkpoint, "origin">): string {
  const text = checkpointText({ origin: signer.name, size, root });
  return `${text}\n${signer.line(text)}`;
}
