import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../app";

/** Where a sweep goes on. */
export interface QuietPlace {
  /** The last id of the step before; null before the first step. */
  after: string | null;
}

/** Where a sweep begins and when it stops. */
export interface Sweeping {
  /** Null for the beginning. */
  from: QuietPlace | null;
  /** Asked before each step. */
  shouldStop: () => boolean;
}

const LOOK_EVERY_MS = 250;

/**
 * Does one step of a sweep after the other while the LMS and its catalog are not busy, and waits otherwise. A step is given
 * the last id of the one before and returns its own, or null at the end. Returns where to go on, or null at the end.
 */
export async function inQuietSteps(
  { openEdx }: App,
  { from, shouldStop }: Sweeping,
  step: (after: string | null) => Promise<string | null>,
): Promise<QuietPlace | null> {
  let place = from ?? { after: null };
  while (!shouldStop()) {
    if (openEdx.isBusy) await sleep(LOOK_EVERY_MS);
    else {
      const after = await step(place.after);
      if (after === null) return null;
      place = { after };
    }
  }
  return place;
}
