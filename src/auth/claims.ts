import { z } from "zod";
import type { Actor } from "./actor";

/** Which entries of the `roles` claim make a support agent and a service. */
export interface Roles {
  supportRole: string;
  serviceRole: string;
}

/** What an Open edX token says of its bearer; what it leaves out has the defaults of the LMS. */
const schema = z.object({
  iat: z.int(),
  exp: z.int(),
  preferred_username: z.string().min(1).max(150),
  user_id: z.int().positive().optional(),
  administrator: z.boolean().default(false),
  superuser: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  roles: z.array(z.string()).default([]),
  version: z
    .string()
    .regex(/^[01](\.\d+){0,2}$/)
    .default("1.0.0"),
});

export type Claims = z.infer<typeof schema>;

/** The claims with their types proven; throws when one has another type. */
export function readClaims(payload: unknown): Claims {
  return schema.parse(payload);
}

/** Who the claims say is asking. */
export function actorOf(claims: Claims, { supportRole, serviceRole }: Roles): Actor {
  return Object.freeze({
    userId: claims.user_id === undefined ? null : String(claims.user_id),
    username: claims.preferred_username,
    isStaff: claims.administrator,
    isSuperuser: claims.superuser,
    isSupport: claims.roles.includes(supportRole),
    isService: claims.roles.includes(serviceRole),
  });
}
