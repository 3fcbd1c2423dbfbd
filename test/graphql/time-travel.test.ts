import fc from "fast-check";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../src/entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { transact } from "../../src/store/transact";
import { ask, grace, useDemoApp } from "../support/demo-app";

const app = useDemoApp();

const ID = "e0000000-0000-4000-8000-000000000003";
const POLICIES = ["b0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000003", null];
const change = { userId: "2", userLabel: "grace", reason: "test", source: "API" as const, requestId: null };

/** All fields of an entitlement that follow from its history and those of its policy and support details. */
const CARD = `id mode orderNumber isRefundLocked createdAt modifiedAt expiredAt isExpired state
  policy { id refundPeriod regainPeriod expirationPeriod } enrollment { id } daysSinceCreated daysUntilExpiration
  expiresAt expirationDate redeemBlocker regainBlocker refundBlocker
  supportDetails { edges { node { id action comments } } }
  history(first: 100) { edges { node { id type reason changes { field from to } } } }`;
const LIVE = `query ($id: ID!) { entitlement(id: $id) { ${CARD} } }`;
const AS_OF = `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { asOf(at: $at) { ${CARD} } } }`;

const step = fc.oneof(
  fc.record({ kind: fc.constant("mode" as const), mode: fc.constantFrom("verified", "professional") }),
  fc.record({ kind: fc.constant("lock" as const), refundLocked: fc.boolean() }),
  fc.record({ kind: fc.constant("policy" as const), policyId: fc.constantFrom(...POLICIES) }),
  fc.record({ kind: fc.constant("period" as const), days: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ kind: fc.constant("expire" as const), isExpired: fc.boolean() }),
  fc.record({ kind: fc.constant("unlink" as const) }),
  fc.record({
    kind: fc.constant("detail" as const),
    comments: fc.string({ maxLength: 20, unit: "grapheme-ascii" }),
  }),
  fc.record({ kind: fc.constant("forget" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(id: string, taken: Step): Promise<unknown> {
  return transact(app.db, change, async (tx) => {
    const row = await tx.findOneByOrFail(CourseEntitlement, { id });
    const now = new Date();
    const save = (changes: Partial<CourseEntitlement>) =>
      tx.save(Object.assign(row, changes, { modifiedAt: now }));
    switch (taken.kind) {
      case "mode":
        return save({ mode: taken.mode });
      case "lock":
        return save({ refundLocked: taken.refundLocked });
      case "policy":
        return save({ policyId: taken.policyId });
      case "expire":
        return save({
          expiredAt: taken.isExpired ? now : null,
          expiryCause: taken.isExpired ? "SUPPORT" : null,
        });
      case "unlink":
        return save({ enrollmentId: null, redeemedAt: null });
      case "period": {
        const policy = await tx.findOneByOrFail(CourseEntitlementPolicy, { id: POLICIES[0]! });
        return tx.save(Object.assign(policy, { regainMs: taken.days * 86_400_000 }));
      }
      case "detail": {
        const detail = { entitlementId: id, supportUserId: "2", action: "REISSUE" as const };
        const stamps = { createdAt: now, modifiedAt: now, unenrolledRunKey: null };
        return tx.save(CourseEntitlementSupportDetail, { ...detail, ...stamps, comments: taken.comments });
      }
      case "forget": {
        const [detail] = await tx.findBy(CourseEntitlementSupportDetail, { entitlementId: id });
        return detail && tx.remove(detail);
      }
    }
  });
}

/** The database's clock, a millisecond past all that has been committed. */
async function aMomentLater(): Promise<Date> {
  await new Promise((resolve) => setTimeout(resolve, 2));
  const [row] = await app.db.query<{ now: Date }[]>("select history_now() as now");
  await new Promise((resolve) => setTimeout(resolve, 2));
  return row!.now;
}

test("an answer as of an instant equals the answer at that instant", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const recorded: { at: Date; answer: unknown }[] = [];
      for (const taken of steps) {
        await take(ID, taken);
        const at = await aMomentLater();
        const { data, errors } = await ask<{ entitlement: unknown }>(
          { ...app, clock: () => at },
          grace,
          LIVE,
          {
            id: ID,
          },
        );
        expect(errors).toBeUndefined();
        recorded.push({ at, answer: data!.entitlement });
      }
      for (const { at, answer } of recorded) {
        const { data, errors } = await ask<{ entitlement: { asOf: unknown } }>(app, grace, AS_OF, {
          id: ID,
          at,
        });
        expect(errors).toBeUndefined();
        expect(data!.entitlement.asOf).toEqual(answer);
      }
    }),
    { numRuns: 12 },
  );
});

test("applying the changes to the first state gives each later state", async () => {
  const id = "e0000000-0000-4000-8000-000000000005";
  for (const taken of fc.sample(step, { numRuns: 40, seed: 7 })) await take(id, taken);
  const question = `query ($id: ID!) { entitlement(id: $id) { history(first: 100, filter: { entityTypes: [COURSE_ENTITLEMENT] }) {
    edges { node { changes { field from to } state { ... on CourseEntitlement { mode orderNumber isRefundLocked expiredAt modifiedAt } } } } } } }`;
  interface Answer {
    entitlement: {
      history: {
        edges: {
          node: { changes: { field: string; from: unknown; to: unknown }[]; state: Record<string, unknown> };
        }[];
      };
    };
  }
  const { data } = await ask<Answer>(app, grace, question, { id });
  const entries = data!.entitlement.history.edges.map(({ node }) => node).toReversed();
  expect(entries.length).toBeGreaterThan(3);
  const folded: Record<string, unknown> = {};
  for (const { changes, state } of entries) {
    for (const { field, from, to } of changes) {
      expect(folded[field] ?? null).toEqual(from);
      folded[field] = to;
    }
    for (const [field, value] of Object.entries(state)) expect(folded[field] ?? null).toEqual(value);
  }
});
