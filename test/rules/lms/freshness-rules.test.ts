import {
  dueOf,
  dueSince,
  isFresh,
  isServable,
  isStale,
  type Kept,
} from "../../../src/rules/lms/freshness-rules";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const [MINUTE, DAY] = [60_000, 86_400_000];

test.each<[Kept, number]>([
  ["run", 60 * MINUTE],
  ["enrollment", 5 * MINUTE],
  ["certificate", 10 * MINUTE],
  ["account", 30 * DAY],
])("a known %s is fresh for %d ms, the last one included", (kept, ms) => {
  expect(isFresh(kept, ago(ms), now)).toBe(true);
  expect(isFresh(kept, ago(ms + 1), now)).toBe(false);
});

test("what was told before the due instant is no longer fresh, and what was told at it is", () => {
  const due = dueSince("enrollment", now);
  expect(due).toEqual(ago(5 * MINUTE));
  expect(isFresh("enrollment", due, now)).toBe(true);
  expect(isFresh("enrollment", new Date(due.getTime() - 1), now)).toBe(false);
});

test("what was never told is not fresh", () => {
  expect(isFresh("account", null, now)).toBe(false);
});

test("what is known of a run serves decisions for 30 days, and for good where it was imported", () => {
  expect(isServable(ago(30 * DAY), now)).toBe(true);
  expect(isServable(ago(30 * DAY + 1), now)).toBe(false);
  expect(isServable(null, now)).toBe(true);
});

test("what was never told is due first, then what was told longest ago, and nothing that is fresh", () => {
  const seen = (ms: number | null) => ({ seenAt: ms === null ? null : ago(ms) });
  const all = [seen(11 * MINUTE), seen(MINUTE), seen(null), seen(DAY)];
  expect(dueOf("certificate", all, now)).toEqual([seen(null), seen(DAY), seen(11 * MINUTE)]);
});

test("an entitlement is stale when its run, its enrollment or its certificate is no longer fresh", () => {
  const fresh = { runSeenAt: ago(60 * MINUTE), enrollmentSeenAt: ago(5 * MINUTE), certificateSeenAt: now };
  expect(isStale(fresh, now)).toBe(false);
  expect(isStale({ ...fresh, runSeenAt: ago(61 * MINUTE) }, now)).toBe(true);
  expect(isStale({ ...fresh, enrollmentSeenAt: ago(6 * MINUTE) }, now)).toBe(true);
  expect(isStale({ ...fresh, certificateSeenAt: null }, now)).toBe(true);
});
