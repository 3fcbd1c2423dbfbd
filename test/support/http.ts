import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { pino } from "pino";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { composeApp } from "../../src/compose";
import { loadConfig } from "../../src/config";
import type { Graph } from "../../src/engine/apollo";
import { permissionsOf } from "../../src/graphql/permissions";
import { startServer, type RunningServer } from "../../src/http/server";
import { restApi } from "../../src/rest/rest";
import { schema } from "./demo-app";

const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const JWT_JWK_SET = JSON.stringify({ keys: [key.publicKey.export({ format: "jwk" })] });

/** The settings of production. */
export const PRODUCTION = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://localhost/unused",
  HOST: "127.0.0.1",
  JWT_ISSUER: "http://localhost:18000/oauth2",
};

const { token } = loadConfig({});

/** The Authorization header of an account. */
export async function authorization(actor: Actor, expires = "1h"): Promise<string> {
  const roles = [
    actor.isSupport && token.supportRole,
    actor.isService && token.serviceRole,
    actor.isAuditor && token.auditorRole,
  ].filter(Boolean);
  const jwt = new SignJWT({
    preferred_username: actor.username,
    ...(actor.userId !== null && { user_id: Number(actor.userId) }),
    administrator: actor.isStaff,
    superuser: actor.isSuperuser,
    roles,
    ...(actor.isReadOnly && { scopes: ["user_id", "read"] }),
  });
  jwt.setProtectedHeader({ alg: "RS256" }).setIssuer(token.issuer).setAudience(token.audience);
  return `JWT ${await jwt.setIssuedAt().setExpirationTime(expires).sign(key.privateKey)}`;
}

/** An answer over HTTP. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; extensions: Record<string, unknown> }[];
  };
}

/** Sends a GraphQL request, with or without a token. */
export type Ask = (
  actor: Actor | null,
  query: string,
  variables?: object,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** A server of a test's own, on a free port. */
export interface TestServer extends RunningServer {
  /** All that it has logged. */
  logged: Record<string, unknown>[];
  ask: Ask;
}

/** The product's own schema, and who may ask for what of it. */
function ownGraph(): Graph {
  return { schema, permissions: permissionsOf(schema) };
}

/** Serves an app, or a graph without any database, over HTTP. */
export async function serve(
  app: Pick<App, "db"> & Partial<App>,
  environment: NodeJS.ProcessEnv = {},
  graph = ownGraph(),
): Promise<TestServer> {
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: "debug" },
    { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const clock = () => new Date();
  const config = loadConfig({ JWT_JWK_SET, PORT: "0", SHUTDOWN_DELAY_MS: "0", ...environment });
  const server = await startServer(
    {
      ...composeApp({ config, db: app.db, clock, log }),
      ...app,
      log,
      config,
    },
    graph,
    restApi,
  );
  return { ...server, logged, ask: asker(server.url) };
}

/** Asks a server that trusts the tests' key. */
export function asker(url: string): Ask {
  return async (actor, query, variables = {}, headers = {}) =>
    send(`${url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(actor && { authorization: await authorization(actor) }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
}

/** Fetches, and reads the answer as JSON where it is. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as Answer["body"]) : {},
  };
}
