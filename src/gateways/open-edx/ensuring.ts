import type { EnrollmentCall, EnrollmentOutcome, LmsEnrollment } from "./enrollment-gateway";

/** Whether an enrollment is in the state that a call wants. */
export function isAsWanted({ mode, mayEnroll }: EnrollmentCall, seen: LmsEnrollment | null): boolean {
  if (!seen?.isActive) return mode === null || !mayEnroll;
  return seen.mode === mode;
}

/** The outcome of a call about an enrollment that was just read; null when it has to be changed first. */
export function outcomeBefore(call: EnrollmentCall, seen: LmsEnrollment | null): EnrollmentOutcome | null {
  const { mode, changeableModes, mayEnroll, isRepeat } = call;
  if (isAsWanted(call, seen)) {
    const belongsToOther = mode !== null && mayEnroll && !isRepeat;
    return belongsToOther ? heldOtherwise(seen) : { kind: "done", enrollment: seen };
  }
  return seen?.isActive && !changeableModes.includes(seen.mode) ? heldOtherwise(seen) : null;
}

function heldOtherwise(seen: LmsEnrollment | null): EnrollmentOutcome {
  return { kind: "refused", code: "HELD_OTHERWISE", detail: `active in the mode ${seen?.mode}` };
}
