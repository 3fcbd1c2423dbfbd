import { z } from "zod";
import type { Actor } from "./actor";

/** The entries of the `roles` claim that stand for a support agent, for a service and for an auditor. */
export interface Roles {
  supportRole: string;
  serviceRole: string;
  auditorRole: string;
}

/** The claims of an Open edX token; missing claims have the defaults of the LMS. */
const schema = z.object({
  iat: z.int(),
  exp: z.int(),
  preferred_username: z.string().min(1).max(150),
  user_id: z.int().positive().optional(),
  administrator: z.boolean().default(false),
  superuser: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  roles: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
  filters: z.array(z.string()).default([]),
  version: z
    .string()
    .regex(/^[01](\.\d+){0,2}$/)
    .default("1.0.0"),
});

/** The claims of a token that we use, with their types proven. */
export type Claims = z.infer<typeof schema>;

/** Parses and validates the claims; throws when one has a wrong type. */
export function readClaims(payload: unknown): Claims {
  return schema.parse(payload);
}

/**
 * Whether the token may be used for the learner that it names. The filter `user:me` or `user:<username>` restricts a token
 * to one learner; one that names another learner contradicts the token.
 */
export function areFiltersMet({ filters, preferred_username: username }: Claims): boolean {
  return filters
    .filter((filter) => filter.startsWith("user:"))
    .every((filter) => filter === "user:me" || filter === `user:${username}`);
}

/** A scope for reading or writing, of this service or of one part of the LMS, such as `certificates:read`. */
const ACCESS = /(^|:)(read|write)$/;

/**
 * Whether the token may be used here at all. The LMS's own tokens for users name scopes for claims only, such as `email`
 * and `profile`; one that names what it gives access to must name `read` or `write`.
 */
export function areScopesMet({ scopes }: Claims): boolean {
  return scopes.includes("read") || scopes.includes("write") || !scopes.some((scope) => ACCESS.test(scope));
}

/** Whether the token only reads: it names what it gives access to, or is of a restricted application, without `write`. */
function isReadOnly({ scopes, is_restricted: isRestricted }: Claims): boolean {
  return !scopes.includes("write") && (isRestricted || scopes.some((scope) => ACCESS.test(scope)));
}

/** The actor that the claims describe. */
export function actorOf(claims: Claims, { supportRole, serviceRole, auditorRole }: Roles): Actor {
  return Object.freeze({
    userId: claims.user_id === undefined ? null : String(claims.user_id),
    username: claims.preferred_username,
    isStaff: claims.administrator,
    isSuperuser: claims.superuser,
    isSupport: claims.roles.includes(supportRole),
    isService: claims.roles.includes(serviceRole),
    isAuditor: claims.roles.includes(auditorRole),
    ...(isReadOnly(claims) && { isReadOnly: true }),
  });
}
