import fc from "fast-check";
import type { CourseMode } from "../../src/entities/course-mode";
import { DAY_MS } from "../../src/rules/entitlement-rules";
import { Refund } from "../../src/entities/refund";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { sessionsOfCourses } from "../../src/reads/sessions";
import { toEntitlement } from "../../src/graphql/types/entitlements/course-entitlement";
import { toSessionViews } from "../../src/graphql/types/entitlements/session";
import type { Context } from "../../src/graphql/context";
import { OrderPreviewResolver } from "../../src/graphql/queries/order-preview.resolver";
import { Refusal, type RefusalCode } from "../../src/refusal";
import type { Command } from "../../src/use-cases/command";
import { fulfillOrder } from "../../src/use-cases/entitlements/fulfill-order";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../src/use-cases/sessions/enroll-if-entitled";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { switchSession } from "../../src/use-cases/sessions/switch-session";
import {
  aCertificate,
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aPolicy,
  aRun,
  by,
  NOW,
  put,
  shop,
  useApp,
} from "../support/world";

const app = useApp();
let shortPolicyId: string;
beforeAll(async () => {
  shortPolicyId = await aPolicy(app, { expirationMs: 20 * DAY_MS, regainMs: 3 * DAY_MS });
});

/** More of them: `WORLDS=1000 npx jest dist/test/use-cases/fields-and-commands.test.js`. */
const WORLDS = Number(process.env["WORLDS"] ?? 25);

const seat = fc.option(
  fc.record({ mode: fc.constantFrom("audit", "honor", "verified", "masters"), isActive: fc.boolean() }),
);
const run = fc.record({
  startsAt: fc.constantFrom(null, ago(100), ago(1), ago(-30)),
  enrollmentEndsAt: fc.constantFrom(null, null, ago(1)),
  maxEnrollments: fc.constantFrom(null, null, 0),
  modes: fc.constantFrom<(string | Partial<CourseMode>)[]>(
    ["verified"],
    ["professional"],
    [{ slug: "verified", expiresAt: ago(1) }],
  ),
});
const anyWorld = fc.record({
  age: fc.constantFrom(0, 13, 15, 60, 61, 100, 729, 730, 731),
  redeemedDaysAgo: fc.constantFrom(0, 14, 15, 50),
  order: fc.boolean(),
  refundLocked: fc.boolean(),
  expired: fc.constantFrom(null, null, null, "LAPSED", "REVOKED", "REFUNDED"),
  refund: fc.constantFrom(null, null, null, null, "IN_DOUBT", "SUCCEEDED"),
  current: fc.option(
    fc.record({ isActive: fc.boolean(), mode: fc.constantFrom("verified", "verified", "masters"), run }),
  ),
  certificate: fc.boolean(),
  other: run,
  seat,
  /** Whether this entitlement waits for the other run, or another one is redeemed for it or waits for it. */
  beside: fc.constantFrom(null, null, null, "PENDING", "RIVAL", "PENDING_RIVAL"),
  renewedDaysAgo: fc.constantFrom(null, null, 0, 100),
  isPolicyShort: fc.constantFrom(false, false, true),
  target: fc.constantFrom("other", "other", "current"),
});
type AnyWorld = typeof anyWorld extends fc.Arbitrary<infer World> ? World : never;

/** Stores rows of its own and returns the entitlement with the runs of its course. */
async function enter(world: AnyWorld): Promise<{ id: string; other: string; target: string }> {
  const courseUuid = aCourse();
  const createdAt = ago(world.age);
  let link: Partial<Parameters<typeof anEntitlement>[1]> = {};
  let current: string | null = null;
  if (world.current) {
    const key = await aRun(app, courseUuid, world.current.run);
    const since = ago(Math.min(world.age, world.redeemedDaysAgo));
    const { isActive, mode } = world.current;
    link = {
      enrollmentId: await anEnrollment(app, key, { isActive, mode, createdAt: since }),
      redeemedAt: since,
    };
    if (world.certificate) await aCertificate(app, key);
    current = key;
  }
  const other = await aRun(app, courseUuid, world.other);
  const seat = world.seat ?? { mode: "verified", isActive: false };
  const enrollmentId = world.seat || world.beside ? await anEnrollment(app, other, seat) : null;
  if (world.beside === "RIVAL") await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: NOW });
  if (world.beside === "PENDING_RIVAL")
    await anEntitlement(app, { courseUuid, pendingEnrollmentId: enrollmentId });
  const id = await anEntitlement(app, {
    ...link,
    courseUuid,
    createdAt,
    refundLocked: world.refundLocked,
    pendingEnrollmentId: world.beside === "PENDING" ? enrollmentId : null,
    renewedAt: world.renewedDaysAgo === null ? null : ago(world.renewedDaysAgo),
    policyId: world.isPolicyShort ? shortPolicyId : null,
    ...(!world.order && { orderNumber: null }),
    ...(world.expired && { expiredAt: ago(0), expiryCause: world.expired as "LAPSED" }),
  });
  if (world.refund)
    await put(
      app,
      Refund,
      app.db.manager.create(Refund, {
        entitlementId: id,
        orderNumber: "ANY",
        attempt: 1,
        shopReferences: [],
        state: world.refund as "IN_DOUBT",
        nextAttemptAt: world.refund === "IN_DOUBT" ? ago(-1) : null,
        answer: null,
        detail: null,
        createdAt: NOW,
        modifiedAt: NOW,
      }),
    );
  return { id, other, target: (world.target === "current" && current) || other };
}

/** The fields of the schema for an entitlement, and for the other run of its course. */
async function askFields({ id, target }: { id: string; target: string }) {
  const [facts] = await entitlementsById(app.db, [id]);
  const [sessions] = await sessionsOfCourses(app.db, [{ userId: facts!.userId, key: facts!.courseUuid }]);
  const view = toEntitlement({ app, now: NOW } as Parameters<typeof toEntitlement>[0], facts!);
  const views = toSessionViews(view.choosing, facts!.enrollment, sessions!, NOW);
  return {
    view,
    session: views.find(({ courseRun }) => courseRun.key === target)!,
  };
}

/** A refusal whose code says it all, by the blocker of the field that foretells it. */
const BLOCKER_OF: Partial<Record<RefusalCode, string>> = {
  ALREADY_ENROLLED_IN_PAID_MODE: "ALREADY_ENROLLED",
  ENTITLEMENT_EXPIRED: "EXPIRED",
  ENTITLEMENT_REFUNDED: "EXPIRED",
};

/** The blocker for which a command refuses; null when it changes something, or finds it already done. */
async function blockerOf<Input>(
  command: Command<Input, unknown>,
  input: Input,
  actor = ada,
): Promise<string | null> {
  return command(by(actor, app), input).then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return error.details.blocker ?? BLOCKER_OF[error.code] ?? error.code;
    },
  );
}

/** A blocker of a field or of a refusal: of an entitlement that has expired it is the same, whatever else there is. */
const told = ({ isExpired }: { isExpired: boolean }, blocker: string | null) =>
  isExpired && (blocker === "EXPIRATION_PERIOD_OVER" || blocker === "ALREADY_REDEEMED") ? "EXPIRED" : blocker;

const checkWorlds = (check: (place: { id: string; target: string }) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(anyWorld, async (world) => check(await enter(world))),
    { numRuns: WORLDS },
  );

test(
  "enrollAndFulfill or switchSession refuses a run for the reason that its session gives",
  () =>
    checkWorlds(async (place) => {
      const { view, session } = await askFields(place);
      const wish = { entitlementId: place.id, courseRunKey: place.target };
      // The choice that waits for the LMS is found when it is made again, which is no new choice.
      if (view.facts.pendingRunKey === place.target) return expect(session.isAvailable).toBe(false);
      const command = view.redeemBlocker === "ALREADY_REDEEMED" ? switchSession : enrollAndFulfill;
      expect(told(view, await blockerOf(command, wish))).toBe(told(view, session.blocker));
      expect(session.isAvailable).toBe(session.blocker === null);
    }),
  120_000,
);

test(
  "enrollAndFulfill refuses an open run for the reason that the entitlement gives",
  () =>
    checkWorlds(async ({ id }) => {
      const { view } = await askFields({ id, target: "" });
      const open = await aRun(app, view.courseUuid);
      const wish = { entitlementId: id, courseRunKey: open };
      expect(told(view, await blockerOf(enrollAndFulfill, wish))).toBe(told(view, view.redeemBlocker));
      expect(view.isRedeemable).toBe(view.redeemBlocker === null);
    }),
  120_000,
);

test(
  "leaveSession refuses to leave the run for the reason that the entitlement gives",
  () =>
    checkWorlds(async ({ id }) => {
      const { view } = await askFields({ id, target: "" });
      const blocker = await blockerOf(leaveSession, { entitlementId: id });
      // Leaving what is not redeemed changes nothing, so it is no refusal; the field says that there is nothing to leave.
      expect(blocker ?? (view.regainBlocker === "NOT_REDEEMED" ? "NOT_REDEEMED" : null)).toBe(
        view.regainBlocker,
      );
      expect(view.isRegainable).toBe(view.regainBlocker === null);
    }),
  120_000,
);

test(
  "unenrollAndRefund refuses the request for the reason that the entitlement gives",
  () =>
    checkWorlds(async ({ id }) => {
      const { view } = await askFields({ id, target: "" });
      const blocker = await blockerOf(unenrollAndRefund, { entitlementId: id, refund: "REQUEST" as const });
      // Requesting a refund that exists already returns it, which is not a new request.
      const isThere = ["REFUND_PENDING", "ALREADY_REFUNDED"].includes(view.refundBlocker ?? "");
      expect(blocker ?? (isThere ? view.refundBlocker : null)).toBe(view.refundBlocker);
      expect(view.isRefundable).toBe(view.refundBlocker === null);
    }),
  120_000,
);

test(
  "enrollIfEntitled redeems an entitlement for a run exactly when its session is available",
  () =>
    checkWorlds(async (place) => {
      const { view, session } = await askFields(place);
      const isWaiting = view.facts.pendingRunKey === place.target;
      const isHere = view.facts.enrollment?.courseRunKey === place.target && view.facts.enrollment.isActive;
      const answer = await enrollIfEntitled(by(ada, app), { courseRunKey: place.target }).catch(
        (error: unknown) => {
          if (error instanceof Refusal) return null;
          throw error;
        },
      );
      const isFound = answer?.id === place.id;
      if (isWaiting || isHere) return expect(isFound).toBe(true);
      expect(isFound).toBe(view.isRedeemable && session.isAvailable);
    }),
  120_000,
);

const free = fc.option(
  fc.record({ mode: fc.constantFrom("audit", "honor", "verified"), isActive: fc.boolean() }),
);
const anyOrder = fc.record({
  runs: fc.array(fc.record({ run, seat: free, certificate: fc.boolean() }), { maxLength: 3 }),
});

test(
  "fulfillOrder redeems for the run that orderPreview tells, or returns the runs that it tells",
  () =>
    fc.assert(
      fc.asyncProperty(anyOrder, async ({ runs }) => {
        const courseUuid = aCourse();
        for (const given of runs) {
          const key = await aRun(app, courseUuid, given.run);
          if (given.seat) await anEnrollment(app, key, given.seat);
          if (given.seat && given.certificate) await aCertificate(app, key);
        }
        const context = { app, now: NOW, actor: shop } as unknown as Context;
        const asked = { username: "ada", courseUuids: [courseUuid], mode: "verified" };
        const [preview] = (await new OrderPreviewResolver().orderPreview(asked, context))!;
        const order = {
          username: "ada",
          courseUuid,
          mode: "verified",
          orderNumber: courseUuid,
          refundLocked: false,
        };
        const { entitlement, upgradeableRuns } = await fulfillOrder(by(shop, app), order);
        expect(entitlement.enrollment?.courseRunKey ?? null).toBe(preview!.redeemedRun?.key ?? null);
        expect(upgradeableRuns.map(({ key }) => key)).toEqual(preview!.upgradeableRuns.map(({ key }) => key));
      }),
      { numRuns: WORLDS },
    ),
  120_000,
);

test("orderPreview promises no upgrade where the policy leaves no time for it, as fulfillOrder then refuses the order", async () => {
  const courseUuid = aCourse();
  await anEnrollment(app, await aRun(app, courseUuid, { modes: ["professional"] }), { mode: "audit" });
  const context = { app, now: NOW, actor: shop } as unknown as Context;
  const asked = { username: "ada", courseUuids: [courseUuid], mode: "professional" };
  const preview = () => new OrderPreviewResolver().orderPreview(asked, context);
  expect(await preview()).toMatchObject([{ redeemedRun: { courseUuid }, warnings: [] }]);
  await aPolicy(app, { mode: "professional", expirationMs: 0 });
  const warned = { warnings: ["EXPIRATION_PERIOD_OVER"] };
  expect(await preview()).toMatchObject([{ redeemedRun: null, upgradeableRuns: [], ...warned }]);
  const order = {
    username: "ada",
    courseUuid,
    mode: "professional",
    orderNumber: "ANY",
    refundLocked: false,
  };
  expect(await blockerOf(fulfillOrder, order, shop)).toBe("EXPIRATION_PERIOD_OVER");
});
