import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../app";
import type { EnrollmentCall } from "../../entities/enrollment-call";
import type { Change } from "../../store/transact";
import { logFailure } from "../log-failure";
import { attempt } from "../attempts/attempt";
import { ENROLLMENT_CALLS } from "./enrollment-outbox";

/** How long a caller waits for the LMS, in milliseconds: shops give up after 7 s. The calls go on. */
const WAIT_MS = 3_000;

/**
 * Makes the calls to the LMS that a transaction has asked for, and waits for them for a while. Returns the calls as they
 * are then.
 */
export async function makeCalls(
  app: App,
  change: Change,
  calls: readonly EnrollmentCall[],
): Promise<EnrollmentCall[]> {
  const attempts = calls.map((call) =>
    attempt(app, ENROLLMENT_CALLS, change, call).catch((error: unknown) => {
      const about = { enrollment: call.id };
      logFailure(app.log, error, about, "a call to the LMS could not be settled; the sweep will try again");
      return null;
    }),
  );
  const settled = await Promise.race([Promise.all(attempts), sleep(WAIT_MS, null, { ref: false })]);
  return calls.map((call, i) => settled?.[i] ?? call);
}
