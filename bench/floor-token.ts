import { createPublicKey, verify, type JsonWebKey } from "node:crypto";

const { keys } = JSON.parse(process.env["JWT_JWK_SET"] ?? '{"keys":[]}') as { keys: JsonWebKey[] };
const key = keys[0] && createPublicKey({ key: keys[0], format: "jwk" });
const known = new Map<string, { user: User; until: number }>();

/** Who asks. */
export interface User {
  id: number;
  username: string;
}

/** The user as a token says that is signed and not over. Tokens are remembered, as the product does. */
export function userOf(authorization: string): User {
  const remembered = known.get(authorization);
  if (remembered && remembered.until > Date.now() / 1000) return remembered.user;
  const [header, payload, signature] = authorization.slice("JWT ".length).split(".") as [
    string,
    string,
    string,
  ];
  const isSigned = verify(
    "sha256",
    Buffer.from(`${header}.${payload}`),
    key!,
    Buffer.from(signature, "base64url"),
  );
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
    user_id: number;
    preferred_username: string;
    exp: number;
  };
  if (!isSigned || claims.exp < Date.now() / 1000) throw new Error("Not a valid token");
  const user = { id: claims.user_id, username: claims.preferred_username };
  known.set(authorization, { user, until: claims.exp });
  return user;
}
