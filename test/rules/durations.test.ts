import { toDuration } from "../../src/rules/durations";

test.each([
  [0, "P0D"],
  [86_400_000, "P1D"],
  [86_399_999, "P0DT86399.999S"],
  [60 * 86_400_000 + 1_500, "P60DT1.5S"],
  [-86_400_000, "P-1D"],
])("%d ms are %s", (ms, duration) => expect(toDuration(ms)).toBe(duration));
