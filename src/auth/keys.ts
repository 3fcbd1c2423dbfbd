import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { z } from "zod";

/** The signature algorithms of the LMS; tokens with another algorithm are refused. */
export const ALGORITHMS = ["RS256", "RS512"] as const;

const BITS_AT_LEAST = 2_048;

/** A public key of the LMS. Its key id and its algorithm are undefined when the JWK does not name them. */
export interface Key {
  /** The id of the key; undefined where it has none. */
  kid: string | undefined;
  /** The algorithm that the key is for; undefined for any. */
  alg: string | undefined;
  public: KeyObject;
}

/** The trusted keys. The array is the same object as long as the keys do not change. */
export type Keys = readonly Key[];

/** A source of the trusted keys. */
export interface KeySource {
  /** The keys to trust now. Rejects with KeysUnavailable as long as no keys have ever been available. */
  current(): Promise<Keys>;
  /** The keys to trust for a token that no current key has signed. Rejects with KeysUnavailable without an answer. */
  renewed(): Promise<Keys>;
}

/** The members of a JWK that are read. URLs and certificates in it are ignored. */
const jwk = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/** The keys of a constant JWK set, as `signingKeys` tells them. Throws when one of them is not an RSA key of enough bits. */
export function fixedKeys({ keys: given }: { keys: readonly unknown[] }): KeySource {
  const keys = keysOf(given, (fault) => {
    throw fault;
  });
  const current = () => Promise.resolve(keys);
  return { current, renewed: current };
}

/** The keys of a JWK set that are RSA keys for signatures, with a supported algorithm and enough bits. */
export function signingKeys({ keys }: { keys: readonly unknown[] }): Keys {
  return keysOf(keys, () => undefined);
}

/** What is no valid RSA key (bad n or e), or one that is too short, is left to `malformed`. */
function keysOf(given: readonly unknown[], malformed: (fault: unknown) => void): Keys {
  return given.flatMap((one) => {
    try {
      const read = jwk.parse(one);
      const key = readKey(read);
      return isForSignatures(read) ? [key] : [];
    } catch (fault) {
      malformed(fault);
      return [];
    }
  });
}

function isForSignatures({ use = "sig", alg = "RS256", key_ops = ["verify"] }: z.infer<typeof jwk>): boolean {
  return use === "sig" && key_ops.includes("verify") && ALGORITHMS.some((known) => known === alg);
}

function readKey({ kty, n, e, kid, alg }: z.infer<typeof jwk>): Key {
  const key: JsonWebKey = { kty, n, e };
  const read = createPublicKey({ key, format: "jwk" });
  if (read.asymmetricKeyDetails!.modulusLength! < BITS_AT_LEAST) throw new Error("The key is too short.");
  return { kid, alg, public: read };
}
