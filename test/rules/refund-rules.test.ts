import fc from "fast-check";
import { nextRefundState, type RefundAnswer, type RefundState } from "../../src/rules/refund-rules";

const STATES: RefundState[] = ["REQUESTED", "IN_DOUBT", "SUCCEEDED", "FAILED", "NEEDS_REVIEW"];
const ANSWERS: RefundAnswer[] = ["ACCEPTED", "REFUSED", "NOT_SENT", "NOT_YET", "UNKNOWN"];

test.each<[RefundState, number, number, RefundAnswer, boolean, RefundState, string]>([
  ["REQUESTED", 1, 1, "ACCEPTED", true, "SUCCEEDED", "paid"],
  ["REQUESTED", 1, 1, "REFUSED", false, "FAILED", "the shop has refused the only request"],
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
    for (const isAwaited of [true, false])
      expect(nextRefundState({ state, attempt }, { attempt: of, answer, isForAll, isAwaited })).toBe(next);
  },
);

const anyCase = fc.record({
  state: fc.constantFrom(...STATES),
  attempt: fc.integer({ min: 1, max: 4 }),
  of: fc.integer({ min: 1, max: 4 }),
  answer: fc.constantFrom(...ANSWERS),
  isForAll: fc.boolean(),
  isAwaited: fc.boolean(),
});

test.each<[RefundState, number, boolean, RefundState, string]>([
  ["REQUESTED", 1, true, "FAILED", "nothing was ever sent, and the caller is told"],
  ["REQUESTED", 1, false, "REQUESTED", "nobody is told, so the shop is asked again"],
  ["REQUESTED", 2, false, "REQUESTED", "it is asked again as often as needed"],
  ["REQUESTED", 2, true, "REQUESTED", "an earlier attempt may have been sent"],
])(
  "a refund in state %s whose attempt %d does not reach the shop (a caller waits: %s) becomes %s: %s",
  (state, attempt, isAwaited, next) => {
    const answered = { attempt, answer: "NOT_SENT", isForAll: false, isAwaited } as const;
    expect(nextRefundState({ state, attempt }, answered)).toBe(next);
  },
);

test("a final state never changes, an accepted refund always succeeds, and neither an unknown outcome nor one that nobody is told fails a refund", () => {
  fc.assert(
    fc.property(anyCase, ({ state, attempt, of, answer, ...how }) => {
      const next = nextRefundState({ state, attempt }, { attempt: of, answer, ...how });
      if (state === "SUCCEEDED" || state === "FAILED") return next === state;
      if (answer === "ACCEPTED") return next === "SUCCEEDED";
      const isUntold = answer === "NOT_SENT" && !how.isAwaited;
      if (answer === "UNKNOWN" || isUntold || of !== attempt)
        return next !== "FAILED" && next !== "SUCCEEDED";
      return next !== "SUCCEEDED";
    }),
  );
});
