import type { EntityManager } from "typeorm";
import { mayActForAnyone, owns } from "../auth/actor";
import { userById, userByUsername, type UserFacts } from "../reads/accounts/users";
import { Refusal } from "../refusal";
import type { CommandRequest } from "./command";

/** Identifies the learner for whom a command is given. If both fields are given, both must belong to the learner. */
export interface LearnerReference {
  username?: string | null;
  /** The LMS user id. */
  userId?: string | null;
}

/** Whether a reference can only mean this learner. */
export function names({ username, userId }: LearnerReference, learner: UserFacts): boolean {
  return (username ?? learner.username) === learner.username && (userId ?? learner.id) === learner.id;
}

/**
 * The learner for whom a command is given: the caller, unless a service, support or staff names another learner. Null
 * when the caller has no account.
 */
export async function learnerOf(
  tx: EntityManager,
  { actor }: CommandRequest,
  reference: LearnerReference,
): Promise<UserFacts | null> {
  const { username = null, userId = null } = reference;
  if (username === null && userId === null)
    return actor.userId === null
      ? userByUsername(tx, actor.username)
      : { id: actor.userId, username: actor.username };
  const learner = await (userId === null ? userByUsername(tx, username!) : userById(tx, userId));
  const isAllowed =
    learner !== null &&
    names(reference, learner) &&
    (actor.isService || mayActForAnyone(actor) || owns(actor, { ...learner, userId: learner.id }));
  if (isAllowed) return learner;
  throw new Refusal("USER_NOT_FOUND", "This learner does not exist.", {
    field: userId === null ? "username" : "userId",
  });
}
