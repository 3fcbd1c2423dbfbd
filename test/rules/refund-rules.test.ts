import fc from "fast-check";
import { nextRefundState, type RefundAnswer, type RefundState } from "../../src/rules/refund-rules";

const STATES: RefundState[] = ["REQUESTED", "IN_DOUBT", "SUCCEEDED", "FAILED", "NEEDS_REVIEW"];
const ANSWERS: RefundAnswer[] = ["ACCEPTED", "REFUSED", "NOT_SENT", "UNKNOWN"];

test.each<[RefundState, number, number, RefundAnswer, boolean, RefundState, string]>([
  ["REQUESTED", 1, 1, "ACCEPTED", true, "SUCCEEDED", "paid"],
  ["REQUESTED", 1, 1, "REFUSED", false, "FAILED", "the only request was refused"],
  ["REQUESTED", 1, 1, "NOT_SENT", false, "FAILED", "nothing was ever sent"],
  ["REQUESTED", 1, 1, "UNKNOWN", true, "IN_DOUBT", "nobody knows"],
  ["IN_DOUBT", 2, 2, "REFUSED", true, "FAILED", "refused under the key of all attempts"],
  ["IN_DOUBT", 2, 2, "REFUSED", false, "NEEDS_REVIEW", "refused, or refunded before"],
  ["IN_DOUBT", 2, 2, "NOT_SENT", true, "IN_DOUBT", "the first attempt may have been paid"],
  ["IN_DOUBT", 2, 1, "REFUSED", true, "IN_DOUBT", "an overtaken attempt decides no refusal"],
  ["REQUESTED", 2, 1, "NOT_SENT", true, "REQUESTED", "nor a failure"],
  ["IN_DOUBT", 2, 1, "ACCEPTED", true, "SUCCEEDED", "but money that has moved has moved"],
  ["NEEDS_REVIEW", 2, 2, "ACCEPTED", false, "SUCCEEDED", "whoever was about to look"],
  ["NEEDS_REVIEW", 2, 2, "REFUSED", false, "NEEDS_REVIEW", "a person decides"],
])(
  "%s, attempt %d: attempt %d hears %s (keys: %s), so %s: %s",
  (state, attempt, of, answer, isKeyed, next) => {
    expect(nextRefundState({ state, attempt }, { attempt: of, answer }, isKeyed)).toBe(next);
  },
);

const anyCase = fc.record({
  state: fc.constantFrom(...STATES),
  attempt: fc.integer({ min: 1, max: 4 }),
  of: fc.integer({ min: 1, max: 4 }),
  answer: fc.constantFrom(...ANSWERS),
  isKeyed: fc.boolean(),
});

test("final states never change, an unknown outcome never fails a refund, and acceptance always succeeds", () => {
  fc.assert(
    fc.property(anyCase, ({ state, attempt, of, answer, isKeyed }) => {
      const next = nextRefundState({ state, attempt }, { attempt: of, answer }, isKeyed);
      if (state === "SUCCEEDED" || state === "FAILED") return next === state;
      if (answer === "ACCEPTED") return next === "SUCCEEDED";
      if (answer === "UNKNOWN" || of !== attempt) return next !== "FAILED" && next !== "SUCCEEDED";
      return next !== "SUCCEEDED";
    }),
  );
});
