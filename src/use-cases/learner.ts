import type { EntityManager } from "typeorm";
import { mayActForAnyone, owns } from "../auth/actor";
import { userById, userByUsername, type UserFacts } from "../reads/accounts/users";
import { Refusal } from "../refusal";
import type { CommandRequest } from "./command";

/** Names the learner for whom a command is given. Where both are given, both must be the learner's. */
export interface LearnerReference {
  username?: string | null;
  /** The LMS user id. */
  userId?: string | null;
}

/** Whether a reference names nobody else than this learner. */
export function names({ username, userId }: LearnerReference, learner: UserFacts): boolean {
  return (username ?? learner.username) === learner.username && (userId ?? learner.id) === learner.id;
}

/**
 * The learner for whom a command is given: the caller unless another is named, whom only services, support and staff may
 * name. Null when the caller has no account.
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
  throw new Refusal("USER_NOT_FOUND", "There is no such learner.", {
    field: userId === null ? "username" : "userId",
  });
}
