import * as fc from "fast-check";
import {
  isRepeat,
  mayBeInProgress,
  nextProgress,
  wishOf,
  type CallAnswer,
  type CallProgress,
  type CallState,
} from "../../../src/rules/lms/enrollment-call-rules";

const ANSWERS: CallAnswer[] = ["done", "refused", "notSent", "unknown"];
const call = (state: CallState, attempt = 1, unsentTo = attempt - 1): CallProgress => ({
  state,
  attempt,
  unsentTo,
});

test.each<[CallAnswer, CallState]>([
  ["done", "DONE"],
  ["refused", "REFUSED"],
  ["notSent", "IN_DOUBT"],
  ["unknown", "IN_DOUBT"],
])("a first attempt that tells %s leads to %s", (answer, state) => {
  expect(nextProgress(call("REQUESTED"), { attempt: 1, answer }, true).state).toBe(state);
});

test.each(ANSWERS)("what an earlier attempt tells (%s) changes nothing", (answer) => {
  const present = call("IN_DOUBT", 3);
  expect(nextProgress(present, { attempt: 2, answer }, true)).toBe(present);
});

test.each<CallState>(["DONE", "REFUSED"])("a call that is %s has ended", (state) => {
  const ended = call(state, 2);
  for (const answer of ANSWERS) expect(nextProgress(ended, { attempt: 2, answer }, true)).toBe(ended);
});

test("nothing is taken for final while an earlier request can still take effect", () => {
  for (const answer of ANSWERS)
    expect(nextProgress(call("REQUESTED"), { attempt: 1, answer }, false).state).toBe("IN_DOUBT");
});

test("an answer in review ends it, and doubt leaves it there", () => {
  const review = call("NEEDS_REVIEW", 4);
  const after = ANSWERS.map((answer) => nextProgress(review, { attempt: 4, answer }, true).state);
  expect(after).toEqual(["DONE", "REFUSED", "NEEDS_REVIEW", "NEEDS_REVIEW"]);
});

test("an attempt is a repeat unless each attempt before it is known not to have changed anything", () => {
  const attempts = fc.array(fc.constantFrom<CallAnswer | "died">("notSent", "unknown", "died"), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(attempts, (told) => {
      let progress = call("REQUESTED");
      for (const answer of told) {
        if (answer !== "died") progress = nextProgress(progress, { attempt: progress.attempt, answer }, true);
        progress = { ...progress, attempt: progress.attempt + 1 };
      }
      expect(isRepeat(progress)).toBe(told.some((answer) => answer !== "notSent"));
    }),
  );
});

test.each<[CallState, ageMs: number, boolean]>([
  ["REQUESTED", 0, true],
  ["IN_DOUBT", 9_999, true],
  ["IN_DOUBT", 10_000, false],
  ["NEEDS_REVIEW", 0, false],
])(
  "an attempt at a call that is %s and was changed %i ms ago may be in progress: %s",
  (state, ageMs, may) => {
    const now = new Date();
    const modifiedAt = new Date(now.getTime() - ageMs);
    expect(mayBeInProgress({ state, modifiedAt }, 10_000, now)).toBe(may);
  },
);

test("a call without a mode ends the enrollment, and one that may not enroll only changes its mode", () => {
  const wishes = [null, "verified"].map((mode) =>
    [true, false].map((mayEnroll) => wishOf({ mode, mayEnroll })),
  );
  expect(wishes).toEqual([
    ["END", "END"],
    ["ENROLL", "CHANGE_MODE"],
  ]);
});
