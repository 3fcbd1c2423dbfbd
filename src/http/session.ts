import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "../app";
import type { Actor } from "../auth/actor";
import { developmentJwkSet } from "../auth/development-key";
import { fetchedKeys } from "../auth/fetched-keys";
import { fixedKeys, type KeySource } from "../auth/keys";
import { rejectionLog } from "../auth/rejections";
import { InvalidToken, tokenVerifier, type TokenFault } from "../auth/verify-token";
import type { InFlightLimiter } from "./in-flight";

/**
 * Lets a request in when its turn has come, checks its token, and does its work as the actor of the token: null when
 * the request carries none. Rejects with Overloaded, InvalidToken or KeysUnavailable, with BadRequest where the actor has too
 * many requests in work, or as the work does.
 */
export interface Admit {
  <T>(
    request: IncomingMessage,
    response: ServerResponse,
    work: (actor: Actor | null) => Promise<T>,
  ): Promise<T>;
  /** Checks the token of a request again, for what goes on after it has been let in. */
  identify(request: IncomingMessage): Promise<Actor | null>;
}

/**
 * The one way in for every route whose work costs something, so that all of them share one limit. Refused tokens are
 * logged by their fault, and counted by `rejected`.
 */
export function admission(app: App, limiter: InFlightLimiter, rejected?: (fault: TokenFault) => void): Admit {
  const logRejection = rejectionLog(app.log);
  const verify = tokenVerifier({ ...app.config.token, keys: keysOf(app) });
  const actorOf = async (request: IncomingMessage) => {
    try {
      return withSupport(await verify(request.headers), app);
    } catch (error) {
      if (error instanceof InvalidToken) {
        logRejection(error.fault);
        rejected?.(error.fault);
      }
      throw error;
    }
  };
  return Object.assign(
    <T>(request: IncomingMessage, response: ServerResponse, work: (actor: Actor | null) => Promise<T>) =>
      limiter.run(response, () => actorOf(request), work),
    { identify: actorOf },
  );
}

/** The actor as a support agent too, where staff have made the account one. */
function withSupport(actor: Actor | null, { supportAgents }: App): Actor | null {
  return actor && !actor.isSupport && supportAgents.has(actor) ? { ...actor, isSupport: true } : actor;
}

/** The keys that the operator has configured, or else the key that signs the development tokens. */
function keysOf({ config: { token, dataDir }, log }: App): KeySource {
  return token.jwkSetUrl
    ? fetchedKeys(token.jwkSetUrl, log)
    : fixedKeys(token.jwkSet ?? developmentJwkSet(dataDir));
}
