import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { sweep } from "../attempts/sweep";
import { systemCommand } from "../system-command";
import { ENROLLMENT_CALLS } from "./enrollment-outbox";

/**
 * Asks the LMS again for enrollments whose state there is not known, or whose attempt has died. Returns how many it has
 * taken over.
 */
export const sweepEnrollmentCalls = systemCommand("sweepEnrollmentCalls", (sign, app: App) =>
  sweep(app, ENROLLMENT_CALLS, sign("JOB", `sweep-${randomUUID()}`)),
);
