import fc from "fast-check";
import { nextRefundState, type RefundAnswer, type RefundState } from "../../src/rules/refund-rules";

const STATES: RefundState[] = ["REQUESTED", "IN_DOUBT", "SUCCEEDED", "FAILED", "NEEDS_REVIEW"];
const ANSWERS: RefundAnswer[] = ["ACCEPTED", "REFUSED", "NOT_SENT", "NOT_YET", "UNKNOWN"];

test.each<[RefundState, number, number, RefundAnswer, boolean, RefundState, string]>([
  ["REQUESTED", 1, 1, "ACCEPTED", true, "SUCCEEDED", "paid"],
  ["REQUESTED", 1, 1, "REFUSED", false, "FAILED", "the shop has refused the only request"],
  ["REQUESTED", 1, 1, "NOT_SENT", false, "FAILED", "no request was ever sent"],
  ["REQUESTED", 1, 1, "NOT_YET", false, "REQUESTED", "the shop does not know the order yet"],
  ["IN_DOUBT", 2, 2, "NOT_YET", false, "IN_DOUBT", "the shop does not know the order yet, or not any more"],
  ["REQUESTED", 1, 1, "UNKNOWN", true, "IN_DOUBT", "the outcome is unknown"],
  [
    "IN_DOUBT",
    2,
    2,
    "REFUSED",
    true,
    "FAILED",
    "the shop has refused the idempotency key that all attempts share",
  ],
  [
    "IN_DOUBT",
    2,
    2,
    "REFUSED",
    false,
    "NEEDS_REVIEW",
    "the refusal may mean that an earlier attempt succeeded",
  ],
  ["IN_DOUBT", 2, 2, "NOT_SENT", true, "IN_DOUBT", "the first attempt may have succeeded"],
  ["IN_DOUBT", 2, 1, "REFUSED", true, "IN_DOUBT", "the refusal of an earlier attempt does not count"],
  ["REQUESTED", 2, 1, "NOT_SENT", true, "REQUESTED", "an earlier attempt that was not sent does not count"],
  ["IN_DOUBT", 2, 1, "ACCEPTED", true, "SUCCEEDED", "the success of an earlier attempt counts"],
  ["NEEDS_REVIEW", 2, 2, "ACCEPTED", false, "SUCCEEDED", "a success counts during a review"],
  ["NEEDS_REVIEW", 2, 2, "REFUSED", false, "NEEDS_REVIEW", "a review is ended by an agent"],
])(
  "a refund in state %s with current attempt %d: attempt %d gets %s (for all attempts: %s), so it becomes %s: %s",
  (state, attempt, of, answer, isForAll, next) => {
    expect(nextRefundState({ state, attempt }, { attempt: of, answer }, isForAll)).toBe(next);
  },
);

const anyCase = fc.record({
  state: fc.constantFrom(...STATES),
  attempt: fc.integer({ min: 1, max: 4 }),
  of: fc.integer({ min: 1, max: 4 }),
  answer: fc.constantFrom(...ANSWERS),
  isForAll: fc.boolean(),
});

test("a final state never changes, an unknown outcome never fails a refund, and an accepted refund always succeeds", () => {
  fc.assert(
    fc.property(anyCase, ({ state, attempt, of, answer, isForAll }) => {
      const next = nextRefundState({ state, attempt }, { attempt: of, answer }, isForAll);
      if (state === "SUCCEEDED" || state === "FAILED") return next === state;
      if (answer === "ACCEPTED") return next === "SUCCEEDED";
      if (answer === "UNKNOWN" || of !== attempt) return next !== "FAILED" && next !== "SUCCEEDED";
      return next !== "SUCCEEDED";
    }),
  );
});
