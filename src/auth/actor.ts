/** Who is asking, as their token says. */
export interface Actor {
  /** The LMS user id; null when the token does not carry it. */
  userId: string | null;
  username: string;
  isSupport: boolean;
  isStaff: boolean;
  isService: boolean;
  isSuperuser: boolean;
}

/** May they see and change what belongs to any learner? */
export function mayActForAnyone(actor: Actor): boolean {
  return actor.isSupport || actor.isStaff || actor.isSuperuser;
}

/** Whether what belongs to this learner is the actor's own. */
export function owns(actor: Actor, learner: { userId: string; username: string | null }): boolean {
  return actor.userId === null ? actor.username === learner.username : actor.userId === learner.userId;
}
