import type { App } from "../app";

/** Gives what is committed by now its place in history, and seals it. */
export async function settleHistory({ committer, sealer }: App): Promise<void> {
  await committer.settle();
  await sealer?.seal();
}

/**
 * Hands the newest checkpoint to those who keep checkpoints. Each failure is logged, and the checkpoint is handed out again
 * in the next round; a keeper that has seen another history is an error, which an operator has to look into.
 */
export function handOutCheckpoints({ handOut, log }: App): Promise<void> {
  return handOut.run(({ isContradiction, ...failure }) => {
    if (isContradiction) log.error(failure, "a keeper of checkpoints has seen another history");
    else log.warn(failure, "a checkpoint could not be handed out");
  });
}
