import { mayActForAnyone } from "../../auth/actor";
import { HttpFailure } from "../../gateways/http-client";
import { SystemUnavailable } from "../../store/unavailable";
import { accountsById, recordAndFollow } from "../accounts/record-accounts";
import type { CommandRequest } from "../command";
import { learnerNamed, type LearnerReference } from "../learner";

const NAMES_AT_ONCE = 50;
/** How long the LMS is asked for the learners of one command, in milliseconds. Repeated, the command asks for the others. */
const ASKS_FOR_MS = 10_000;

/**
 * Asks the LMS for the learners of a command that we do not know, and records them. Learners name nobody but themselves,
 * so nothing is asked for them. Rejects with SystemUnavailable when there is no answer.
 */
export async function knowLearners(
  { app, actor }: CommandRequest,
  references: readonly LearnerReference[],
): Promise<void> {
  if (app.openEdx.isEmbedded || !(actor.isService || mayActForAnyone(actor))) return;
  const [names, ids] = [new Set<string>(), new Set<string>()];
  for (const reference of references) {
    const { username = null, userId = null } = reference;
    if ((username === null && userId === null) || (await learnerNamed(app.db, reference))) continue;
    if (userId !== null) ids.add(userId);
    else names.add(username!);
  }
  if (names.size === 0 && ids.size === 0) return;
  const endsAt = performance.now() + ASKS_FOR_MS;
  const isOver = () => performance.now() >= endsAt;
  try {
    for (const some of slices([...names], NAMES_AT_ONCE))
      if (!isOver()) await recordAndFollow(app, await app.openEdx.accounts.byUsernames(some));
    for (const id of ids) if (!isOver()) await recordAndFollow(app, await accountsById(app, [id]));
  } catch (error) {
    if (error instanceof HttpFailure) throw new SystemUnavailable(`the LMS: ${error.word}`, { cause: error });
    throw error;
  }
  if (isOver()) throw new SystemUnavailable("the LMS could not be asked for all learners in time");
}

function slices<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
