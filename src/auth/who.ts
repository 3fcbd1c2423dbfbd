import { isStaff, mayActForAnyone, mayChange, mayReadAnyone, type Actor } from "./actor";

/** Who may do something at all. Which rows they may do it to is decided where rows are read or locked. */
export interface Who {
  allows: (actor: Actor) => boolean;
  /** What it takes, as the end of "Not allowed: grantEntitlement requires …". */
  requires: string;
  /** Whether something is changed, for which a token that only reads does not suffice. */
  changes?: boolean;
}

/** Every signed-in user. */
export const anyone: Who = { allows: () => true, requires: "a signed-in user" };
/** Every signed-in user but auditors, who only read. */
export const learner: Who = { allows: mayChange, requires: "a signed-in user who is not only an auditor" };
/** Support agents, staff and superusers. */
export const support: Who = { allows: mayActForAnyone, requires: "the support role" };
/** Support agents, staff, superusers and services. */
export const supportOrService: Who = {
  allows: (actor) => mayActForAnyone(actor) || actor.isService,
  requires: "the support role or a service account",
};
/** For reading: support agents, staff, superusers and auditors. */
export const supportOrAuditor: Who = { allows: mayReadAnyone, requires: "the support or the auditor role" };
/** For reading: support agents, staff, superusers, auditors and services. */
export const supportAuditorOrService: Who = {
  allows: (actor) => mayReadAnyone(actor) || actor.isService,
  requires: "the support role, the auditor role or a service account",
};
/** Staff and superusers. */
export const staff: Who = { allows: isStaff, requires: "the staff role" };
/** For reading: staff, superusers and auditors. */
export const staffOrAuditor: Who = {
  allows: (actor) => isStaff(actor) || actor.isAuditor,
  requires: "the staff or the auditor role",
};
/** Staff, superusers and services. */
export const staffOrService: Who = {
  allows: (actor) => isStaff(actor) || actor.isService,
  requires: "the staff role or a service account",
};
/** For what no actor may do, such as a field without a rule. */
export const nobody: Who = { allows: () => false, requires: "a permission that nobody has" };
/** For the jobs of the system itself, which no actor may start. */
export const system: Who = { allows: () => false, requires: "the system itself" };
