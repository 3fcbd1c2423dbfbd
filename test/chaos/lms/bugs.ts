import type { PlantedBug } from "../plant";
import type { Promised } from "./judge";
import { lmsScheduleOf, type Answer, type CommandName, type Given, type LmsSchedule } from "./schedule";

/** A bug in the calls to the LMS. */
export interface LmsBug extends PlantedBug {
  /** What it breaks. */
  promise: Promised;
  /** A schedule that shows it. */
  schedule: LmsSchedule;
}

const GATEWAY = "gateways/open-edx/http/enrollments.js";
const ENSURING = "gateways/open-edx/ensuring.js";
const LEAVING = "unenroll_1.unenroll";
const OUTBOX = "use-cases/enrollment-calls/enrollment-outbox.js";

export const LMS_BUGS: LmsBug[] = [
  {
    name: "an enrollment is changed without a look at it",
    promise: "L7 a change follows a look at what it changes",
    schedule: lmsScheduleOf(0),
    edits: [
      [GATEWAY, "const seen = await this.readBefore(endsAt, call, call.requestId);", ""],
      [GATEWAY, "(0, ensuring_1.outcomeBefore)(call, seen) ??", ""],
    ],
  },
  {
    name: "an enrollment that is not active is ended",
    promise: "L7 a change follows a look at what it changes",
    schedule: lmsScheduleOf(16),
    edits: [
      [ENSURING, "if (isAsWanted(call, seen)) {", "if (call.mode !== null && isAsWanted(call, seen)) {"],
    ],
  },
  {
    name: "a new enrollment is not said to be active",
    promise: "L5 no paid seat becomes a free one, unless a revocation says so",
    schedule: lmsScheduleOf(3),
    edits: [[GATEWAY, "{ is_active: mode !== null } : {}", "mode === null ? { is_active: false } : {} : {}"]],
  },
  {
    name: "an answer is not compared with what is wanted",
    promise: "L2 no paid seat without an entitlement that is redeemed for it",
    schedule: lmsScheduleOf(68),
    edits: [[GATEWAY, "if (!(0, ensuring_1.isAsWanted)(call, changed))", "if (false)"]],
  },
  {
    name: "no answer is taken for a refusal",
    promise: "L3 no seat of ours after a refund or a revocation",
    schedule: lmsScheduleOf(11),
    edits: [
      [
        GATEWAY,
        'return this.judge(call, endsAt, { kind: "unknown", cause: error.word });',
        'return { kind: "refused", code: "NOT_ALLOWED", detail: "" };',
      ],
    ],
  },
  {
    name: "the former run is left before the new one is had",
    promise: "L4 a redeemed entitlement has its seat",
    schedule: scheduleWith(["honest", "400", "400"], ["enrollAndFulfill", 0], ["switchSession", 1]),
    edits: [
      [
        "use-cases/sessions/redeem.js",
        "return (0, locked_entitlement_1.save)(tx, request, entitlement, { pendingEnrollmentId: id }, detail);",
        `await (0, ${LEAVING})(tx, request, entitlement);
    return (0, locked_entitlement_1.save)(tx, request, entitlement, { pendingEnrollmentId: id }, detail);`,
      ],
    ],
  },
  {
    name: "the late effects of an earlier request are not waited for",
    promise: "L3 no seat of ours after a refund or a revocation",
    schedule: lmsScheduleOf(64),
    edits: [[OUTBOX, "const isQuiet = ", "const isQuiet = true || "]],
  },
  {
    name: "what a request before a refusal may yet do is not ended",
    promise: "L2 no paid seat without an entitlement that is redeemed for it",
    schedule: scheduleWith(["late", "400"], ["enrollAndFulfill", 0]),
    edits: [[OUTBOX, "if ((0, enrollment_call_rules_1.isRepeat)(call))", "if (false)"]],
  },
  {
    name: "an end that the LMS refuses counts as done",
    promise: "L2 no paid seat without an entitlement that is redeemed for it",
    schedule: lmsScheduleOf(23),
    edits: [[OUTBOX, '!mayEnroll ? "unknown" : outcome.kind', '!mayEnroll ? "done" : outcome.kind']],
  },
  {
    name: "an enrollment that was bought elsewhere is changed",
    promise: "L6 what was bought elsewhere is not changed",
    schedule: lmsScheduleOf(2),
    edits: [[ENSURING, "seen?.isActive && !changeableModes.includes(seen.mode)", "false"]],
  },
];

/** A learner gives commands after an order, and the LMS answers the changes that it is asked for like this. */
function scheduleWith(answers: Answer[], ...commands: [CommandName, 0 | 1][]): LmsSchedule {
  const given: Given[] = [["fulfillOrder", 0] as const, ...commands].map(([command, run]) => ({
    command,
    entitlement: 0,
    run,
    server: 0,
    isRepeated: false,
    pause: 6,
    sweeps: 1,
    reconciles: 0,
    retries: 0,
  }));
  const faults = answers.map((answer, i) => ({ method: "POST", nth: i + 1, answer, late: 11 }) as const);
  return { seed: -1, step: "none", visit: 1, faults, others: [], isAuditor: false, given };
}
