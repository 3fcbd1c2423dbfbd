import fc from "fast-check";
import type { DataSource } from "typeorm";
import {
  findEntitlements,
  countEntitlements,
  type EntitlementCriteria,
} from "../../src/reads/entitlement-search";
import { orderValue } from "../../src/reads/finding/entitlement-order";
import { expiresAt } from "../../src/rules/deadlines";
import { DEFAULT_PERIODS, isRefundPending, type Periods } from "../../src/rules/entitlement-rules";
import { entitlementState, type EntitlementState } from "../../src/rules/entitlement-state";
import { firstRows } from "../../src/store/rows/page";
import { anyNow, anyPeriods, anyStanding } from "../rules/standings";
import { openTestDatabase } from "../support/database";
import { idOf, insertStandings, type Stored } from "../support/standings";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => ({ db, close } = await openTestDatabase()));
afterAll(() => close());

const STATES: EntitlementState[] = [
  "AVAILABLE",
  "FULFILLED_CHANGEABLE",
  "FULFILLED",
  "EXPIRED",
  "REFUNDED",
  "REVOKED",
];
const refundState = fc.option(
  fc.constantFrom("REQUESTED" as const, "IN_DOUBT" as const, "SUCCEEDED" as const, "FAILED" as const),
  { freq: 1 },
);
const anyStored: fc.Arbitrary<Stored> = fc.record({
  // A cause without an expiry cannot be stored.
  standing: fc.tuple(anyStanding, refundState).map(([standing, refundState]) => ({
    ...standing,
    refundState,
    expiryCause: standing.expiredAt && standing.expiryCause,
  })),
  periods: fc.option(anyPeriods),
});
const anyRows = fc.array(anyStored, { minLength: 40, maxLength: 40 });

/** The entitlements of some rows that meet criteria, in the order of their deadlines; and that as many are counted. */
async function matching(
  rows: readonly Stored[],
  criteria: EntitlementCriteria[],
  defaultPeriods: Periods,
  now: Date,
): Promise<string[][]> {
  const terms = { now, defaultPeriods };
  const transaction = db.createQueryRunner();
  await transaction.startTransaction();
  try {
    await insertStandings(transaction.manager, rows);
    const found: string[][] = [];
    for (const each of criteria) {
      const order = { field: "EXPIRES_AT", direction: "ASC" } as const;
      const page = await findEntitlements(transaction.manager, each, order, firstRows(100), terms);
      expect(await countEntitlements(transaction.manager, each, terms)).toBe(page.rows.length);
      const values = page.rows.map((facts) => orderValue(facts, "EXPIRES_AT", terms));
      for (const [index, facts] of page.rows.entries()) {
        const key = { value: values[index]!, id: facts.id };
        if (index % 10 !== 0) continue;
        const rest = await findEntitlements(
          transaction.manager,
          each,
          order,
          { ...firstRows(100), key },
          terms,
        );
        expect(rest.rows.map(({ id }) => id)).toEqual(page.rows.slice(index + 1).map(({ id }) => id));
      }
      found.push(page.rows.map(({ id }) => id));
    }
    return found;
  } finally {
    await transaction.rollbackTransaction();
    await transaction.release();
  }
}

test("the database finds exactly the entitlements that are in a state by the rules", async () => {
  const seen = new Map<string, number>();
  const sets = [
    ...STATES.map((state) => [state]),
    ["AVAILABLE", "FULFILLED_CHANGEABLE"],
    ["REFUNDED", "REVOKED"],
    ["FULFILLED", "EXPIRED"],
    [],
  ] as EntitlementState[][];
  await fc.assert(
    fc.asyncProperty(anyRows, anyPeriods, anyNow, async (rows, defaults, now) => {
      const found = await matching(
        rows,
        sets.map((states) => ({ states })),
        defaults,
        now,
      );
      const states = rows.map(({ standing, periods }) =>
        entitlementState(standing, periods ?? defaults, now),
      );
      for (const state of states) seen.set(state, (seen.get(state) ?? 0) + 1);
      for (const [index, set] of sets.entries()) {
        const expected = states.flatMap((state, row) => (set.includes(state) ? idOf(row) : []));
        expect([set, found[index]!.toSorted()]).toEqual([set, expected.toSorted()]);
      }
    }),
    { numRuns: 25 },
  );
  expect(new Set(seen.keys())).toEqual(new Set(STATES));
});

test("the database finds and sorts by the deadlines of the rules", async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, anyPeriods, anyNow, anyNow, async (rows, defaults, now, expiringBefore) => {
      const [sorted, expiring] = await matching(rows, [{}, { expiringBefore }], defaults, now);
      const deadlines = rows.map(
        ({ standing, periods }) => expiresAt(standing, periods ?? defaults)?.getTime() ?? Infinity,
      );
      const order = rows
        .map((_, row) => row)
        .toSorted((one, other) => deadlines[one]! - deadlines[other]! || (idOf(one) < idOf(other) ? -1 : 1))
        .map((row) => row);
      const sign = (row: number) => (deadlines[row] === Infinity ? "never" : deadlines[row]);
      expect(sorted!.map((id) => sign(rows.findIndex((_, row) => idOf(row) === id)))).toEqual(
        order.map(sign),
      );
      expect(sorted).toEqual(order.map(idOf));
      expect(expiring).toEqual(order.filter((row) => deadlines[row]! < expiringBefore.getTime()).map(idOf));
    }),
    { numRuns: 25 },
  );
});

test("the database finds exactly the entitlements whose refund is pending", async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, async (rows) => {
      const criteria = [{ isRefundPending: true }, { isRefundPending: false }];
      const [pending, others] = await matching(rows, criteria, DEFAULT_PERIODS, new Date());
      const expected = rows.flatMap(({ standing }, row) => (isRefundPending(standing) ? idOf(row) : []));
      expect(pending!.toSorted()).toEqual(expected.toSorted());
      expect([...pending!, ...others!]).toHaveLength(rows.length);
    }),
    { numRuns: 10 },
  );
});
