import { generateKeyPairSync, randomBytes } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { FakeUser, World } from "../world/world";

/** How tokens are made. */
export interface TokenOptions {
  /** RS256 by default; an LMS signs with HS256 unless it is told otherwise. */
  alg?: "RS256" | "HS256";
  /** Which claims the token has; by default all that the application may ask for. */
  scopes?: string[];
  /** How long a token is valid; 3600 by default. */
  expiresInSeconds?: number;
}

const ISSUER = "http://localhost:18000/oauth2";
const AUDIENCE = "openedx";
/** The pair of this process: making one takes long. */
let pair: ReturnType<typeof newPair> | undefined;
const newPair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Makes tokens and reads them again, for all systems of an installation. */
export class Tokens {
  readonly scopes: string[];
  readonly expiresInSeconds: number;
  private readonly alg: "RS256" | "HS256";
  private readonly secret = randomBytes(32);
  private readonly keys = (pair ??= newPair());

  constructor({
    alg = "RS256",
    scopes = ["read", "write", "profile", "email", "user_id"],
    expiresInSeconds = 3600,
  }: TokenOptions) {
    this.alg = alg;
    this.scopes = scopes;
    this.expiresInSeconds = expiresInSeconds;
  }

  /** The public keys, as the LMS is configured to show them. */
  get jwkSet(): object {
    return {
      keys: [{ ...this.keys.publicKey.export({ format: "jwk" }), kid: "fake", alg: "RS256", use: "sig" }],
    };
  }

  /** A token for an account, with the claims of the LMS. */
  sign({ id, username, email, isStaff }: FakeUser): Promise<string> {
    const has = (scope: string) => this.scopes.includes(scope);
    const jwt = new SignJWT({
      preferred_username: username,
      scopes: this.scopes,
      version: "1.2.0",
      grant_type: "client-credentials",
      filters: [],
      is_restricted: false,
      email_verified: true,
      ...(has("user_id") && { user_id: Number(id) }),
      ...(has("email") && { email }),
      ...(has("profile") && {
        name: username,
        family_name: "",
        given_name: "",
        administrator: isStaff,
        superuser: false,
      }),
    });
    jwt.setProtectedHeader({ alg: this.alg, ...(this.alg === "RS256" && { kid: "fake" }) });
    jwt.setIssuer(ISSUER).setAudience(AUDIENCE).setSubject(randomBytes(16).toString("hex")).setIssuedAt();
    const end = Math.floor(Date.now() / 1000) + this.expiresInSeconds;
    return jwt.setExpirationTime(end).sign(this.alg === "RS256" ? this.keys.privateKey : this.secret);
  }

  /** The account that a token names; null for a token that is not valid. */
  async read(token: string, world: World): Promise<FakeUser | null> {
    try {
      const key = this.alg === "RS256" ? this.keys.publicKey : this.secret;
      const { payload } = await jwtVerify(token, key, { issuer: ISSUER, audience: AUDIENCE });
      return world.users.get(String(payload["preferred_username"]).toLowerCase()) ?? null;
    } catch {
      return null;
    }
  }
}
