import { random } from "../schedule";

/** What can happen to a process of ours, and at which point of the protocol of a call. */
export const STEPS = [
  "none",
  "kill@intend:beforeCommit",
  "kill@intend:afterCommit",
  "loseCommit@intend:beforeCommit",
  "loseAnswer@intend:beforeCommit",
  "kill@call:before",
  "stop@call:before",
  "kill@call:after",
  "stop@call:after",
  "kill@settle:beforeCommit",
  "loseCommit@settle:beforeCommit",
  "loseAnswer@settle:beforeCommit",
  "kill@settle:afterCommit",
  "kill@claim:beforeCommit",
  "loseAnswer@claim:beforeCommit",
  "kill@claim:afterCommit",
] as const;
export type Step = (typeof STEPS)[number];

/**
 * What the LMS does with one request. `late`: the connection is reset, and the effect comes later. `slow`: the effect and
 * the answer come after the lease of the attempt, when another process has taken the call over. `unchanged`: nothing
 * happens, and the answer tells the enrollment as it is. `noRight`: a refusal of our account.
 */
export const ANSWERS = [
  "honest",
  "lostAnswer",
  "late",
  "slow",
  "500",
  "503",
  "429",
  "reset",
  "html",
  "truncated",
  "unchanged",
  "400",
  "403",
  "noRight",
] as const;
export type Answer = (typeof ANSWERS)[number];

/** Every step with every answer. */
export const CELLS = STEPS.flatMap((step) => ANSWERS.map((answer) => ({ step, answer })));

/** Neighbouring seeds go through all cells, far apart: it has no factor in common with their number. */
const STRIDE = 37;

/** The commands that a schedule gives. */
export const COMMANDS = [
  "fulfillOrder",
  "enrollAndFulfill",
  "switchSession",
  "leaveSession",
  "unenrollAndRefund",
  "revokeEntitlement",
  "revokeToAudit",
  "reissueEntitlement",
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** One command, and what follows it. */
export interface Given {
  command: CommandName;
  /** Which entitlement, run of the course, and process of ours. */
  entitlement: 0 | 1;
  run: 0 | 1;
  server: 0 | 1;
  /** Whether the client gives it twice. */
  isRepeated: boolean;
  /** The time that passes afterwards, in deadlines of a call. */
  pause: number;
  /** How many processes then make the calls that are due, at once. */
  sweeps: 0 | 1 | 2;
  /** How many processes reconcile the enrollments at the same time. */
  reconciles: 0 | 1 | 2;
  /** How many agents then have the LMS asked again about the run, each by a process, at once. */
  retries: 0 | 1 | 2;
}

/** What others do with the enrollment in a run, just before the LMS works on a request of ours. */
export interface Others {
  move: "leave" | "buy" | "audit";
  run: 0 | 1;
  /** The number of that request about the course, from 1. */
  before: number;
}

/** A request of ours that the LMS does not simply answer. */
export interface Fault {
  method: "GET" | "POST";
  /** Which of the requests of this method about the course, from 1. */
  nth: number;
  answer: Answer;
  /** When a late effect comes, in deadlines of a call. */
  late: number;
}

/** The events around the entitlements of one course, made from a seed. */
export interface LmsSchedule {
  seed: number;
  step: Step;
  /** At which visit of the point. */
  visit: number;
  faults: Fault[];
  others: Others[];
  /** Whether the learner takes the first run for free before ordering. */
  isAuditor: boolean;
  given: Given[];
}

/** In deadlines of a call: within a lease, past a lease, past most pauses, and past the time of late effects. */
const PAUSES = [0, 0, 0.3, 2.5, 6, 13];
/** In deadlines of a call; the LMS may work on a request for 12. */
const LATE = [0.2, 1, 3, 7, 11];
const RETRIES: Given["retries"][] = [0, 0, 1, 2];
const LIKELY: CommandName[] = [
  ...COMMANDS,
  "enrollAndFulfill",
  "switchSession",
  "switchSession",
  "leaveSession",
];

/** Makes the schedule of a seed: the same each time. */
export function lmsScheduleOf(seed: number): LmsSchedule {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const retries = random(~seed); // of its own, so that it changes nothing else of a schedule
  const { step, answer } = CELLS[(seed * STRIDE) % CELLS.length]!;
  const fault = (of: Answer): Fault => ({
    method: pick(["GET", "POST", "POST"]),
    nth: pick([1, 1, 2, 3]),
    answer: of,
    late: pick(LATE),
  });
  const give = (command: CommandName, entitlement: 0 | 1, server: 0 | 1): Given => ({
    command,
    entitlement,
    run: pick([0, 1]),
    server,
    isRepeated: next() < 0.2,
    pause: pick(PAUSES),
    sweeps: pick([0, 1, 2]),
    reconciles: pick([0, 0, 1, 2]),
    retries: RETRIES[Math.floor(retries() * RETRIES.length)]!,
  });
  const isDouble = next() < 0.3;
  const given = [give("fulfillOrder", 0, 0), ...(isDouble ? [give("fulfillOrder", 1, 0)] : [])];
  given.push(give("enrollAndFulfill", 0, pick([0, 1])));
  for (let more = pick([0, 1, 2, 3, 4]); more > 0; more--)
    given.push(give(pick(LIKELY), isDouble ? pick([0, 1]) : 0, pick([0, 1])));
  return {
    seed,
    step,
    visit: pick([1, 1, 1, 2, 3]),
    faults: [{ ...fault(answer), method: "POST" }, ...(next() < 0.4 ? [fault(pick(ANSWERS))] : [])],
    others: Array.from({ length: pick([0, 0, 0, 1, 1, 2]) }, () => ({
      move: pick(["leave", "buy", "audit"]),
      run: pick([0, 1]),
      before: pick([1, 2, 3, 4, 5, 6]),
    })),
    isAuditor: next() < 0.3,
    given,
  };
}
