import type { Actor } from "./actor";
import type { Who } from "./who";

/** Why a request is not allowed: the caller is not signed in, or lacks a role. */
export interface Denial {
  code: "UNAUTHENTICATED" | "FORBIDDEN";
  message: string;
}

/** The denial of a caller who is not signed in. */
export const UNAUTHENTICATED: Denial = {
  code: "UNAUTHENTICATED",
  message: "Not signed in: send a token in the Authorization header.",
};

/** Why the actor may not do `what`, such as "Mutation.grantEntitlement"; null when the actor may. */
export function denialOf(actor: Actor | null, who: Who, what: string): Denial | null {
  if (!actor) return UNAUTHENTICATED;
  if (!who.allows(actor)) return forbidden(what, who.requires);
  return who.changes && actor.isReadOnly ? forbidden(what, "a token with the scope write") : null;
}

/** The answer to a signed-in actor without the role that `what` requires. */
export function forbidden(what: string, requires: string): Denial {
  return { code: "FORBIDDEN", message: `Not allowed: ${what} requires ${requires}.` };
}

/** Thrown before a command does anything, when its caller may not give it. */
export class Denied extends Error {
  constructor(readonly denial: Denial) {
    super(denial.message);
  }
}
