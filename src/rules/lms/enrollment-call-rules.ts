/** The states of a call that brings an enrollment of the LMS into a wanted state. */
export const CALL_STATES = ["REQUESTED", "IN_DOUBT", "DONE", "REFUSED", "NEEDS_REVIEW"] as const;
/** One of them. */
export type CallState = (typeof CALL_STATES)[number];

/** The states in which what is wanted may yet happen: until it has ended, the LMS may say what is no longer true. */
export const OPEN_CALL_STATES: readonly CallState[] = ["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"];

/** Whether a call has not ended; null stands for none. */
export function isOpenCall(state: CallState | null): boolean {
  return state !== null && OPEN_CALL_STATES.includes(state);
}

/** What the LMS is asked to do with an enrollment. */
export type EnrollmentWish = "ENROLL" | "CHANGE_MODE" | "END";

/** What a call asks for. */
export function wishOf({ mode, mayEnroll }: { mode: string | null; mayEnroll: boolean }): EnrollmentWish {
  if (mode === null) return "END";
  return mayEnroll ? "ENROLL" : "CHANGE_MODE";
}

/** The age at which attempts end and support has to look, in milliseconds. */
export const CALLS_END_MS = 24 * 3_600_000;

/** How long the LMS may still process a request that it has not answered, as a multiple of the deadline of a call. */
export const LATE_IN_DEADLINES = 12;

/** What one attempt has told. */
export type CallAnswer = "done" | "refused" | "notSent" | "unknown";

/** The state of a call and its attempts. */
export interface CallProgress {
  state: CallState;
  /** The number of the current attempt. */
  attempt: number;
  /** No attempt up to this one has changed anything in the LMS. */
  unsentTo: number;
}

/** Whether an attempt at a call that has not ended may be in progress, for the length of a lease. */
export function mayBeInProgress(
  { state, modifiedAt }: { state: CallState; modifiedAt: Date },
  leaseMs: number,
  now: Date,
): boolean {
  return state !== "NEEDS_REVIEW" && now.getTime() < modifiedAt.getTime() + leaseMs;
}

/** Whether an attempt before the current one may have changed something in the LMS. */
export function isRepeat({ attempt, unsentTo }: Pick<CallProgress, "attempt" | "unsentTo">): boolean {
  return attempt - 1 > unsentTo;
}

/**
 * The progress of a call after the answer to one of its attempts. `isQuiet` says that no earlier, different request can
 * still take effect; before that, what the LMS says may change by itself. The answer to an earlier attempt tells nothing
 * of the present.
 */
export function nextProgress(
  call: CallProgress,
  answered: { attempt: number; answer: CallAnswer },
  isQuiet: boolean,
): CallProgress {
  const { state, attempt, unsentTo } = call;
  if (answered.attempt !== attempt || !isOpenCall(state)) return call;
  const isUnsent = answered.answer === "notSent" && unsentTo === attempt - 1;
  const next = { attempt, unsentTo: isUnsent ? attempt : unsentTo };
  if (isQuiet && answered.answer === "done") return { ...next, state: "DONE" };
  if (isQuiet && answered.answer === "refused") return { ...next, state: "REFUSED" };
  return { ...next, state: state === "NEEDS_REVIEW" ? state : "IN_DOUBT" };
}
