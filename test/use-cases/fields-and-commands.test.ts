import fc from "fast-check";
import type { CourseMode } from "../../src/entities/course-mode";
import { DAY_MS } from "../../src/rules/entitlement-rules";
import { Refund } from "../../src/entities/refund";
import { entitlementsById } from "../../src/reads/entitlement-facts";
import { sessionsOfCourses } from "../../src/reads/sessions";
import { toEntitlement } from "../../src/graphql/types/entitlements/course-entitlement";
import { toSessionViews } from "../../src/graphql/types/entitlements/session";
import type { Call, Command } from "../../src/use-cases/command";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
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
    isLinked: !!facts!.enrollment,
  };
}

/** Whether a command changes something, rather than finding it already done. */
async function isDone<Input>(command: Command<Input, unknown>, input: Input): Promise<boolean> {
  const call: Call = by(ada, app);
  return command(call, input).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && error.name !== "Error") throw error;
      return false;
    },
  );
}

const checkWorlds = (check: (place: { id: string; target: string }) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(anyWorld, async (world) => check(await enter(world))),
    { numRuns: WORLDS },
  );

test(
  "a session is available exactly when enrollAndFulfill or switchSession accepts it",
  () =>
    checkWorlds(async (place) => {
      const { view, session } = await askFields(place);
      const wish = { entitlementId: place.id, courseRunKey: place.target };
      // The choice that waits for the LMS is found when it is made again, which is no new choice.
      if (view.facts.pendingRunKey === place.target) return expect(session.isAvailable).toBe(false);
      const command = view.redeemBlocker === "ALREADY_REDEEMED" ? switchSession : enrollAndFulfill;
      expect(await isDone(command, wish)).toBe(session.isAvailable);
    }),
  120_000,
);

test(
  "an entitlement is redeemable exactly when enrollAndFulfill accepts an open run",
  () =>
    checkWorlds(async ({ id }) => {
      const { view } = await askFields({ id, target: "" });
      const open = await aRun(app, view.courseUuid);
      expect(await isDone(enrollAndFulfill, { entitlementId: id, courseRunKey: open })).toBe(
        view.isRedeemable,
      );
    }),
  120_000,
);

test(
  "an entitlement is regainable exactly when leaveSession leaves its run",
  () =>
    checkWorlds(async ({ id }) => {
      const { view, isLinked } = await askFields({ id, target: "" });
      const isDoneNow = await isDone(leaveSession, { entitlementId: id });
      // Leaving what is not redeemed changes nothing, so it is no refusal; the field says that there is nothing to leave.
      if (view.regainBlocker === "NOT_REDEEMED") expect(isLinked || isDoneNow).toBe(true);
      else expect(isDoneNow).toBe(view.isRegainable);
    }),
  120_000,
);

test(
  "an entitlement is refundable exactly when unenrollAndRefund accepts the request",
  () =>
    checkWorlds(async ({ id }) => {
      const { view } = await askFields({ id, target: "" });
      const wish = { entitlementId: id, refund: "REQUEST" as const };
      // Requesting a refund that exists already returns it, which is not a new request.
      const isThere =
        view.refundBlocker === "REFUND_PENDING" ||
        view.refundBlocker === "ALREADY_REFUNDED" ||
        view.isExpired;
      const isDoneNow = await isDone(unenrollAndRefund, wish);
      if (!isThere) expect(isDoneNow).toBe(view.isRefundable);
      else expect(view.isRefundable).toBe(false);
    }),
  120_000,
);
