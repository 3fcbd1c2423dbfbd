import { mayActFor } from "../auth/actor";
import { userById, userByUsername, userNamed, type UserFacts } from "../reads/accounts/users";
import { Refusal } from "../refusal";
import type { Database } from "../store/statement";
import type { CommandRequest } from "./command";

/** Identifies the learner of a command. If both fields are given, both must belong to the learner. */
export interface LearnerReference {
  username?: string | null;
  /** The LMS user id. */
  userId?: string | null;
}

/** The learner that a reference names; null when it names none, or two. */
export async function learnerNamed(
  tx: Database,
  { username = null, userId = null }: LearnerReference,
): Promise<UserFacts | null> {
  const found = username === null ? userId && (await userById(tx, userId)) : await userNamed(tx, username);
  return found && (userId ?? found.id) === found.id ? found : null;
}

/** The id of the learner that a reference names; null when there is no such learner, undefined when it is empty. */
export async function idOfNamed(
  tx: Database,
  reference: LearnerReference,
): Promise<string | null | undefined> {
  if ((reference.username ?? null) === null) return reference.userId ?? undefined;
  return (await learnerNamed(tx, reference))?.id ?? null;
}

/**
 * The learner of a command: the caller, unless a service, support or staff names another learner. Null when the caller
 * has no account.
 */
export async function learnerOf(
  tx: Database,
  { actor }: CommandRequest,
  reference: LearnerReference,
): Promise<UserFacts | null> {
  const { username = null, userId = null } = reference;
  if (username === null && userId === null)
    return actor.userId === null
      ? userByUsername(tx, actor.username)
      : { id: actor.userId, username: actor.username };
  const learner = await learnerNamed(tx, reference);
  if (learner && mayActFor(actor, { ...learner, userId: learner.id })) return learner;
  const field = userId === null ? "username" : "userId";
  throw new Refusal("USER_NOT_FOUND", "This learner does not exist.", { field });
}
