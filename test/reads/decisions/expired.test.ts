import "reflect-metadata";
import fc from "fast-check";
import { loadConfig } from "../../../src/config";
import {
  toEntitlement,
  type CourseEntitlementView,
} from "../../../src/graphql/types/entitlements/course-entitlement";
import { asOfSource } from "../../../src/reads/as-of";
import type { DecisionTime } from "../../../src/reads/decisions/expired";
import { countEntitlements, findEntitlements, type SourceOf } from "../../../src/reads/entitlement-search";
import { countEntitlementsOfUser, entitlementsOfUser, type Scope } from "../../../src/reads/entitlements";
import { entitlementsById } from "../../../src/reads/entitlement-facts";
import { transact } from "../../../src/store/transact";
import { firstRows } from "../../../src/store/rows/page";
import { anyPeriods, anyStanding, NOW } from "../../rules/standings";
import { idOf, insertStandings, type Stored } from "../../support/standings";
import { by, grace, useApp } from "../../support/world";

const app = useApp();

/** What each scope lists, by the fields of an entitlement. */
const SAID: Record<Scope, (view: CourseEntitlementView) => boolean> = {
  ACTIVE: ({ isExpired, enrollment }) => !isExpired || enrollment?.isActive === true,
  UNEXPIRED: ({ isExpired }) => !isExpired,
  FULFILLABLE: ({ state }) => state === "AVAILABLE",
  ALL: () => true,
};
const ROWS = 25;
const page = firstRows(ROWS);
const byAge = { field: "CREATED_AT", direction: "DESC" } as const;

const stored = fc.record({
  standing: fc
    .tuple(anyStanding, fc.constantFrom(null, null, "REQUESTED", "NEEDS_REVIEW", "SUCCEEDED", "FAILED"))
    .map(([standing, refundState]) => Object.assign({}, standing, { refundState })),
  periods: fc.option(anyPeriods),
  isLeft: fc.constantFrom(false, false, true),
}) as fc.Arbitrary<Stored>;
const rows = fc.array(stored, { minLength: ROWS, maxLength: ROWS });

/** The same rows, moved to another instant. */
function shifted(given: readonly Stored[], now: Date): Stored[] {
  const shift = (value: unknown): unknown => {
    if (value instanceof Date) return new Date(value.getTime() + now.getTime() - NOW.getTime());
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shift(inner)]));
  };
  return given.map((row) => Object.assign({}, row, { standing: shift(row.standing) as Stored["standing"] }));
}

/** Stores rows for the duration of a query, and gives the query the instant at which they exist. */
async function withRows(
  given: readonly Stored[],
  ask: (time: DecisionTime, views: CourseEntitlementView[]) => Promise<void>,
): Promise<void> {
  const { defaultPeriods } = loadConfig({});
  await app.db.query(
    "delete from user_account; delete from course_entitlement_policy; delete from course_run",
  );
  const change = {
    userId: null,
    userLabel: "system",
    reason: "test",
    source: "IMPORT",
    requestId: null,
  } as const;
  const base = new Date();
  await transact(app.db, change, (tx) => insertStandings(tx, shifted(given, base)));
  await app.committer.settle();
  const [{ now }] = await app.db.query<[{ now: Date }]>(
    "select greatest(max(at), $1::timestamptz(3)) as now from history_transaction",
    [base],
  );
  const facts = await entitlementsById(
    app.db,
    given.map((_, index) => idOf(index)),
  );
  const context = { ...by(grace, app, now), now } as unknown as Parameters<typeof toEntitlement>[0];
  await ask(
    { now, defaultPeriods },
    facts.map((each) => toEntitlement(context, each)),
  );
}

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id).toSorted();

test("each scope lists exactly the entitlements whose fields say that they belong to it", async () => {
  const listed = { ACTIVE: 0, UNEXPIRED: 0, FULFILLABLE: 0, ALL: 0 };
  await fc.assert(
    fc.asyncProperty(rows, (given) =>
      withRows(given, async (time, views) => {
        for (const [scope, isSaid] of Object.entries(SAID) as [Scope, (typeof SAID)[Scope]][]) {
          const found: { id: string }[] = [];
          for (const { facts } of views) {
            const shelf = { userId: facts.userId, scope, courseUuid: null };
            const list = await entitlementsOfUser(app.db, shelf, page, time);
            expect(await countEntitlementsOfUser(app.db, shelf, time)).toBe(list.rows.length);
            found.push(...list.rows);
          }
          expect(idsOf(found)).toEqual(idsOf(views.filter(isSaid)));
          listed[scope] += found.length;
        }
      }),
    ),
    { numRuns: 20 },
  );
  expect(Math.min(...Object.values(listed))).toBeGreaterThan(10);
});

test("the filter by expiry lists exactly the entitlements whose field says the same, now and as of an instant", async () => {
  await fc.assert(
    fc.asyncProperty(rows, (given) =>
      withRows(given, async (time, views) => {
        const sources: (SourceOf | undefined)[] = [undefined, (parameter) => asOfSource(parameter(time.now))];
        for (const isExpired of [true, false])
          for (const source of sources) {
            const criteria = { isExpired };
            const list = await findEntitlements(app.db, criteria, byAge, page, time, source);
            expect(idsOf(list.rows)).toEqual(idsOf(views.filter((view) => view.isExpired === isExpired)));
            expect(await countEntitlements(app.db, criteria, time, source)).toBe(list.rows.length);
          }
      }),
    ),
    { numRuns: 20 },
  );
});
