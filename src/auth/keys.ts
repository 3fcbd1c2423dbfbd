import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { z } from "zod";

/** How the LMS signs tokens; nothing else is let in. */
export const ALGORITHMS = ["RS256", "RS512"] as const;

const BITS_AT_LEAST = 2_048;

/** A public key of the LMS. What it is not named or not made for is undefined. */
export interface Key {
  kid: string | undefined;
  alg: string | undefined;
  public: KeyObject;
}

/** The keys that are trusted at some time: the same array for as long as they are the same. */
export type Keys = readonly Key[];

/** Where the keys are had from. */
export interface KeySource {
  /** The keys to trust now. Rejects with KeysUnavailable while there never were any. */
  current(): Promise<Keys>;
  /** The keys to trust for a token that none of the current ones fits. Rejects with KeysUnavailable if nobody knows. */
  renewed(): Promise<Keys>;
}

/** Only this much of a JWK is read: no URL and no certificate in it is followed. */
const jwk = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  kid: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/** The keys of a JWK set that never changes. Throws when one of them is no RSA key. */
export function fixedKeys(jwkSet: { keys: readonly object[] }): KeySource {
  const keys = jwkSet.keys.map((key) => readKey(jwk.parse(key)));
  const current = () => Promise.resolve(keys);
  return { current, renewed: current };
}

/** Those keys of what somebody says is a JWK set that are RSA keys for signatures like ours, and strong enough. */
export function signingKeys(text: string): Keys {
  const { keys } = z.object({ keys: z.array(z.unknown()) }).parse(JSON.parse(text));
  return keys.flatMap((given) => {
    const { data } = jwk.safeParse(given);
    if (!data || !isForSignatures(data)) return [];
    try {
      const key = readKey(data);
      return key.public.asymmetricKeyDetails!.modulusLength! >= BITS_AT_LEAST ? [key] : [];
    } catch {
      return []; // its numbers are none
    }
  });
}

function isForSignatures({ use = "sig", alg = "RS256", key_ops = ["verify"] }: z.infer<typeof jwk>): boolean {
  return use === "sig" && key_ops.includes("verify") && ALGORITHMS.some((known) => known === alg);
}

function readKey({ kty, n, e, kid, alg }: z.infer<typeof jwk>): Key {
  const key: JsonWebKey = { kty, n, e };
  return { kid, alg, public: createPublicKey({ key, format: "jwk" }) };
}
