import fc from "fast-check";
import { DAY_MS, DEFAULT_PERIODS, type Periods, type Standing } from "../../src/rules/entitlement-rules";

/** The instant at which the examples are evaluated. */
export const NOW = new Date("2024-03-01T12:00:00.000Z");

/** The instant a number of days before now; negative numbers lie in the future. */
export function daysAgo(days: number, plusMs = 0): Date {
  return new Date(NOW.getTime() - days * DAY_MS - plusMs);
}

/** A new entitlement with an order and without blockers, apart from the overrides. */
export function aStanding(overrides: Partial<Standing> = {}): Standing {
  return {
    createdAt: NOW,
    expiredAt: null,
    expiryCause: null,
    orderNumber: "EDX-1001",
    refundLocked: false,
    redemption: null,
    ...overrides,
  };
}

/** The default periods, apart from the overrides. */
export function aPolicy(overrides: Partial<Periods> = {}): Periods {
  return { ...DEFAULT_PERIODS, ...overrides };
}

/** Lengths that lie on, or one millisecond or second beside, whole days; and any other. */
const lengthMs = (minDays: number, maxDays: number) =>
  fc
    .tuple(
      fc.oneof(
        fc.integer({ min: minDays, max: maxDays }),
        fc.constantFrom(0, 1, 14, 15, 60, 61, 729, 730, 731),
      ),
      fc.oneof(fc.constantFrom(0, 0, 1, -1, 1000, -1000), fc.integer({ min: -DAY_MS / 2, max: DAY_MS / 2 })),
    )
    .map(([days, restMs]) => days * DAY_MS + restMs);

const someInstant = lengthMs(-100, 900).map((ms) => new Date(NOW.getTime() - ms));
const maybeInstant = fc.option(someInstant, { freq: 3 });

/** Any instant at which an entitlement can be evaluated. */
export const anyNow: fc.Arbitrary<Date> = lengthMs(-900, 900).map((ms) => new Date(NOW.getTime() + ms));

/** Any periods that the database can hold: zero, less than a day, or years. */
export const anyPeriods: fc.Arbitrary<Periods> = fc.record({
  expirationMs: lengthMs(0, 900).map((ms) => Math.max(0, ms)),
  refundMs: lengthMs(0, 100).map((ms) => Math.max(0, ms)),
  regainMs: lengthMs(0, 40).map((ms) => Math.max(0, ms)),
});

/** Any entitlement that can be stored, however little is known of its run. */
export const anyStanding: fc.Arbitrary<Standing> = fc
  .record({
    createdAt: someInstant,
    renewedAt: fc.option(someInstant, { freq: 2 }),
    expiredAt: fc.option(someInstant, { freq: 3 }),
    expiryCause: fc.option(fc.constantFrom("LAPSED", "REFUNDED", "REVOKED", "SUPPORT"), { freq: 2 }),
    orderNumber: fc.option(fc.constantFrom("EDX-1001", " ")),
    refundLocked: fc.boolean(),
    redemption: fc.option(
      fc.record({
        enrolledAt: maybeInstant,
        redeemedAt: maybeInstant,
        startsAt: maybeInstant,
        certificateStatus: fc.option(
          fc.constantFrom(
            "downloadable",
            "generating",
            "unavailable",
            "notpassing",
            "error",
            "unheard-of",
            "",
          ),
        ),
      }),
      { freq: 2 },
    ),
  })
  // The database refuses a cause without an expiry.
  .filter(({ expiredAt, expiryCause }) => expiredAt !== null || expiryCause === null);
