import type { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { entitlementsById } from "../../../src/reads/entitlement-facts";
import { standingOf } from "../../../src/reads/decisions/choosing";
import { DEFAULT_PERIODS, refundBlocker } from "../../../src/rules/entitlement-rules";
import type { MoveOverride } from "../../../src/rules/session-rules";
import { moveSession } from "../../../src/use-cases/sessions/move-session";
import { enrollmentIn, expectRefusal, stored, supportDetails } from "../../support/stored";
import {
  aCertificate,
  aCourse,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  grace,
  NOW,
  useApp,
} from "../../support/world";

const app = useApp();

const move = (entitlementId: string, courseRunKey: string, override: MoveOverride[] = []) =>
  moveSession(by(grace, app), { entitlementId, courseRunKey, override, comments: "As agreed" });

/** A redeemed entitlement, the run it is redeemed for, and another run of its course. */
async function aTakenOne(
  given: Parameters<typeof anEntitlement>[1] = {},
  to: Parameters<typeof aRun>[2] = {},
) {
  const courseUuid = aCourse();
  const from = await aRun(app, courseUuid, { startsAt: ago(300) });
  const other = await aRun(app, courseUuid, to);
  return { id: await anEntitlement(app, { courseUuid, run: from, ...given }), from, to: other };
}

async function refundBlockerOf(id: string) {
  const [facts] = await entitlementsById(app.db, [id]);
  return refundBlocker(standingOf(facts!), DEFAULT_PERIODS, NOW);
}

test("a move enrolls the learner in the new run, ends the old enrollment, and adds a support detail with the reason", async () => {
  const { id, from, to } = await aTakenOne();
  expect(await move(id, to)).toMatchObject({ id, enrollment: { courseRunKey: to }, expiredAt: null });
  expect(await enrollmentIn(app, to)).toMatchObject({ isActive: true, mode: "verified" });
  expect(await enrollmentIn(app, from)).toMatchObject({ isActive: false });
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "MOVE", comments: "As agreed", unenrolledRunKey: from },
  ]);
  expect(await refundBlockerOf(id)).toBeNull();
});

test("a move enrolls a learner whose entitlement is not redeemed", async () => {
  const courseUuid = aCourse();
  const [id, to] = [await anEntitlement(app, { courseUuid }), await aRun(app, courseUuid)];
  expect(await move(id, to)).toMatchObject({ enrollment: { courseRunKey: to } });
});

test.each<[MoveOverride, Parameters<typeof aRun>[2]]>([
  ["UPGRADE_DEADLINE_PASSED", { modes: [{ slug: "verified", expiresAt: ago(1) }] }],
  ["ENROLLMENT_NOT_OPEN", { enrollmentStartsAt: ago(-1) }],
  ["ENROLLMENT_CLOSED", { enrollmentEndsAt: ago(1) }],
  ["COURSE_FULL", { maxEnrollments: 0 }],
])("a run is refused because of %s, unless the agent overrides that reason", async (blocker, run) => {
  const { id, to } = await aTakenOne({}, run);
  const others = (["REGAIN_PERIOD_OVER", "ENROLLMENT_CLOSED", "COURSE_FULL"] as const).filter(
    (other) => other !== blocker,
  );
  await expectRefusal(app, () => move(id, to, others), "COURSE_RUN_NOT_AVAILABLE", { blocker });
  expect(await move(id, to, [blocker])).toMatchObject({ enrollment: { courseRunKey: to } });
});

test("of two reasons against a run, each must be overridden", async () => {
  const { id, to } = await aTakenOne({}, { enrollmentEndsAt: ago(1), maxEnrollments: 0 });
  await expectRefusal(app, () => move(id, to, ["ENROLLMENT_CLOSED"]), "COURSE_RUN_NOT_AVAILABLE", {
    blocker: "COURSE_FULL",
  });
  expect(await move(id, to, ["COURSE_FULL", "ENROLLMENT_CLOSED"])).toMatchObject({ id });
});

test.each<[string, Partial<CourseEntitlement>]>([
  ["when the expiry is not yet stored", {}],
  ["when the expiry is stored", { expiredAt: ago(3), expiryCause: "LAPSED" }],
])(
  "after the regain period, %s, a learner who is moved cannot leave the new run, and the order does not become refundable",
  async (_, given) => {
    const { id, to } = await aTakenOne({ createdAt: ago(20), ...given });
    const before = await refundBlockerOf(id);
    expect(before).not.toBeNull();
    await expectRefusal(app, () => move(id, to), "ENTITLEMENT_NOT_REGAINABLE", {
      blocker: "REGAIN_PERIOD_OVER",
    });
    expect(await move(id, to, ["REGAIN_PERIOD_OVER"])).toMatchObject({
      enrollment: { courseRunKey: to },
      expiryCause: "LAPSED",
    });
    expect(await refundBlockerOf(id)).toBe("EXPIRED");
    expect((await stored(app, id)).expiredAt).toEqual(given.expiredAt ?? NOW);
  },
);

test.each(["REFUNDED", "REVOKED", "SUPPORT"] as const)(
  "the learner of an entitlement that ended as %s is not moved, whatever is overridden",
  async (expiryCause) => {
    const { id, to } = await aTakenOne({ expiredAt: ago(1), expiryCause });
    const code = expiryCause === "REFUNDED" ? "ENTITLEMENT_REFUNDED" : "ENTITLEMENT_EXPIRED";
    await expectRefusal(app, () => move(id, to, ["REGAIN_PERIOD_OVER"]), code);
  },
);

test("a learner with a certificate is not moved, whatever is overridden", async () => {
  const { id, from, to } = await aTakenOne({ expiredAt: ago(1), expiryCause: "LAPSED" });
  await aCertificate(app, from);
  await expectRefusal(app, () => move(id, to, ["REGAIN_PERIOD_OVER"]), "ENTITLEMENT_NOT_REGAINABLE", {
    blocker: "CERTIFICATE_EARNED",
  });
});

test("a move never takes over an enrollment that the learner has bought elsewhere", async () => {
  const { id, to } = await aTakenOne({}, { modes: ["verified", "professional"] });
  await anEnrollment(app, to, { mode: "professional" });
  await expectRefusal(app, () => move(id, to, ["COURSE_FULL"]), "ALREADY_ENROLLED_IN_PAID_MODE");
});
