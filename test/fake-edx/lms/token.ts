import { randomBytes } from "node:crypto";
import type { Call, Reply, Route } from "../http/call";
import type { Tokens } from "../http/tokens";

/** The OAuth application of the product. */
export interface Client {
  id: string;
  secret: string;
  /** The account that owns it, and that its tokens name. */
  username: string;
}

/** Where tokens and the keys to verify them come from. */
export function tokenRoutes(tokens: Tokens, client: Client): Route[] {
  return [
    {
      method: "POST",
      path: /^\/oauth2\/access_token\/?$/,
      needs: "nothing",
      answer: (call) => tokenFor(call, tokens, client),
    },
    {
      method: "GET",
      path: /^\/jwks\.json$/,
      needs: "nothing",
      answer: () => ({ status: 200, body: tokens.jwkSet }),
    },
  ];
}

async function tokenFor({ text, world }: Call, tokens: Tokens, client: Client): Promise<Reply> {
  const form = new URLSearchParams(text);
  if (form.get("grant_type") !== "client_credentials")
    return { status: 400, body: { error: "unsupported_grant_type" } };
  if (form.get("client_id") !== client.id || form.get("client_secret") !== client.secret)
    return { status: 401, body: { error: "invalid_client" } };
  const isJwt = form.get("token_type")?.toLowerCase() === "jwt";
  return {
    status: 200,
    body: {
      access_token: isJwt
        ? await tokens.sign(world.users.get(client.username)!)
        : randomBytes(15).toString("base64url"),
      expires_in: tokens.expiresInSeconds,
      token_type: isJwt ? "JWT" : "Bearer",
      scope: tokens.scopes.join(" "),
    },
  };
}
