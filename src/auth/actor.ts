/** The caller of a request, as the token describes it. */
export interface Actor {
  /** The LMS user id; null when the token does not carry it. */
  userId: string | null;
  username: string;
  isSupport: boolean;
  isStaff: boolean;
  isService: boolean;
  /** Whether the actor may read everybody's data for audits; it gives no right to change anything. */
  isAuditor: boolean;
  isSuperuser: boolean;
  /** Whether the token lets the actor only read, whatever the roles are. */
  isReadOnly?: boolean;
}

/** The roles of an actor, the most powerful first. A learner is who has no other role. */
export const ROLES = ["STAFF", "SUPPORT", "SERVICE", "AUDITOR", "LEARNER"] as const;
/** A role of an actor. */
export type Role = (typeof ROLES)[number];

/** The roles that the actor has, the most powerful first. */
export function rolesOf(actor: Actor): Role[] {
  const { isSupport, isService, isAuditor } = actor;
  const has = { STAFF: isStaff(actor), SUPPORT: isSupport, SERVICE: isService, AUDITOR: isAuditor };
  const roles = ROLES.filter((role) => role !== "LEARNER" && has[role]);
  return roles.length > 0 ? roles : ["LEARNER"];
}

/** What the limits of an actor are counted by: the username, which every token has, as not every one has the user id. */
export function limitKeyOf({ username }: Actor): string {
  return username;
}

/** Whether the actor is staff; superusers are. */
export function isStaff(actor: Actor): boolean {
  return actor.isStaff || actor.isSuperuser;
}

/** Whether the actor may see and change the data of all learners. */
export function mayActForAnyone(actor: Actor): boolean {
  return actor.isSupport || isStaff(actor);
}

/** Whether the actor may give commands for this learner: for oneself, or as a service, support or staff for anyone. */
export function mayActFor(actor: Actor, learner: { userId: string; username: string | null }): boolean {
  return owns(actor, learner) || actor.isService || mayActForAnyone(actor);
}

/** Whether the actor may see the data of all learners, and what support has written about them. */
export function mayReadAnyone(actor: Actor): boolean {
  return actor.isAuditor || mayActForAnyone(actor);
}

/** Whether the actor may change anything at all: auditors without another role only read. */
export function mayChange(actor: Actor): boolean {
  return rolesOf(actor).some((role) => role !== "AUDITOR");
}

/** Whether the actor is this learner. */
export function owns(actor: Actor, learner: { userId: string; username: string | null }): boolean {
  return actor.userId === null ? actor.username === learner.username : actor.userId === learner.userId;
}
