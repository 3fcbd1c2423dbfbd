import { pauseAfter } from "../../src/rules/attempt-rules";

test("for a deadline of 5 s the pauses are 1 s, 5 s, 15 s, 1 min and then 5 min, each plus or minus a tenth", () => {
  const seconds = (chance: number) => [1, 2, 3, 4, 5, 50].map((nth) => pauseAfter(nth, 5_000, chance) / 1000);
  expect(seconds(0.5)).toEqual([1, 5, 15, 60, 300, 300]);
  expect(seconds(0)).toEqual([0.9, 4.5, 13.5, 54, 270, 270]);
  expect(seconds(1)).toEqual([1.1, 5.5, 16.5, 66, 330, 330]);
});
