import { randomUUID } from "node:crypto";
import type { App } from "../../../app";
import { asFailure } from "../../../gateways/as-failure";
import { HttpFailure } from "../../../gateways/http-client";
import { lookLeaseMs, lookPauseMs } from "../../../rules/lms/look-rules";
import { logFailure } from "../../log-failure";
import { systemCommand } from "../../system-command";
import { claimLooks, endLook, postponeLook, type ClaimedLook } from "./due-looks";
import { look } from "./look";

const AT_ONCE = 5;

/**
 * Reads from the LMS again what events have hinted at, unless it is kept busy, and brings what is recorded to what it says.
 * Any number of processes may run it at once. Returns how many looks it has taken.
 */
export const lookAgain = systemCommand("lookAgain", async (_sign, app: App): Promise<number> => {
  if (app.openEdx.isEmbedded || app.openEdx.isBusy) return 0;
  const claimed = await claimLooks(app, AT_ONCE, lookLeaseMs(app.config.lms!.deadlineMs));
  const requestId = `look-${randomUUID()}`;
  await Promise.all(claimed.map((each) => take(app, each, requestId)));
  return claimed.length;
});

async function take(app: App, due: ClaimedLook, requestId: string): Promise<void> {
  const { reason, userId, runKey, attempt, isOld } = due;
  const about = { requestId, reason, userId, courseRunKey: runKey, attempt };
  if (isOld) {
    app.log.warn(about, "the LMS could not be read again for a week; the sweeps compare it");
    return endLook(app, { ...due, hints: null });
  }
  try {
    const isDone = await look(app, due, requestId).catch(asFailure);
    if (isDone === true) return await endLook(app, due);
    const cause = isDone instanceof HttpFailure ? isDone.word : "BUSY";
    app.log.warn({ ...about, cause }, "what an event has hinted at could not be read; it is read later");
  } catch (error) {
    logFailure(app.log, error, about, "a look at the LMS has failed; it is taken again");
  }
  await postponeLook(app, due, lookPauseMs(attempt, Math.random()));
}
