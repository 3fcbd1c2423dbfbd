/** The caller of a request, as the token describes it. */
export interface Actor {
  /** The LMS user id; null when the token does not carry it. */
  userId: string | null;
  username: string;
  isSupport: boolean;
  isStaff: boolean;
  isService: boolean;
  isSuperuser: boolean;
}

/** What the limits of an actor are counted by: the LMS user id, or the username of a token without one. */
export function limitKeyOf({ userId, username }: Actor): string {
  return userId ?? `@${username}`;
}

/** Whether the actor may see and change the data of all learners. */
export function mayActForAnyone(actor: Actor): boolean {
  return actor.isSupport || actor.isStaff || actor.isSuperuser;
}

/** Whether the actor is this learner. */
export function owns(actor: Actor, learner: { userId: string; username: string | null }): boolean {
  return actor.userId === null ? actor.username === learner.username : actor.userId === learner.userId;
}
