import { lookLeaseMs, lookPauseMs } from "../../../src/rules/lms/look-rules";

test("the pause after a failed attempt is 5 s, doubled each time up to an hour", () => {
  const pauses = Array.from({ length: 12 }, (_, attempt) => lookPauseMs(attempt + 1, 1) / 1_000);
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
});

test("chance makes the pause up to a tenth shorter, and never longer", () => {
  expect([0, 0.5, 1].map((chance) => lookPauseMs(1, chance))).toEqual([4_500, 4_750, 5_000]);
});

test("a look owns its row for as long as its calls may take", () => {
  expect(lookLeaseMs(10_000)).toBe(240_000);
});
