import type { Actor } from "../../../src/auth/actor";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, expectRefusal, historyOf, stored } from "../../support/stored";
import {
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  bob,
  by,
  grace,
  NOW,
  useApp,
} from "../../support/world";

const app = useApp();

const spend = (entitlementId: string, courseRunKey: string, asking: Actor = ada) =>
  enrollAndFulfill(by(asking, app), { entitlementId, courseRunKey });

/** An entitlement that is not redeemed, and a run of its course. */
async function aPair(run: Parameters<typeof aRun>[2] = {}, given: Parameters<typeof anEntitlement>[1] = {}) {
  const courseUuid = aCourse();
  return [await anEntitlement(app, { courseUuid, ...given }), await aRun(app, courseUuid, run)] as const;
}

test("E1: an entitlement is redeemed for a run, and the learner is enrolled in its mode", async () => {
  const [id, run] = await aPair();
  await aRun(app, (await stored(app, id)).courseUuid);
  expect(await spend(id, run)).toMatchObject({ id, redeemedAt: NOW, enrollment: { courseRunKey: run } });
  const enrollment = await enrollmentIn(app, run);
  expect(enrollment).toMatchObject({ mode: "verified", isActive: true, createdAt: NOW });
  expect(await stored(app, id)).toMatchObject({ enrollmentId: enrollment!.id, redeemedAt: NOW });
  expect(await historyOf(app, id)).toMatchObject([
    {},
    { history_type: "~", history_change_reason: "enrollAndFulfill", history_user_label: "ada" },
  ]);
});

test("E4: an enrollment in the entitlement's mode that was bought by other means is refused", async () => {
  const [id, run] = await aPair();
  await anEnrollment(app, run, { mode: "verified", createdAt: ago(5) });
  await expectRefusal(app, () => spend(id, run), "ALREADY_ENROLLED_IN_PAID_MODE", { field: "courseRunKey" });
  expect(await enrollmentIn(app, run)).toMatchObject({ mode: "verified", createdAt: ago(5) });
});

test("E5: a free enrollment is upgraded even in a run that has ended, up to the upgrade deadline", async () => {
  const [id, run] = await aPair({
    endsAt: ago(1),
    enrollmentEndsAt: ago(1),
    modes: [{ expiresAt: ago(-1) }],
  });
  await anEnrollment(app, run);
  await spend(id, run);
  expect(await enrollmentIn(app, run)).toMatchObject({ mode: "verified", isActive: true });
});

test("E6: a free enrollment is upgraded and linked", async () => {
  for (const period of [{}, { enrollmentEndsAt: ago(1) }, { enrollmentStartsAt: ago(-1) }]) {
    const [id, run] = await aPair(period);
    const enrollmentId = await anEnrollment(app, run);
    await spend(id, run);
    expect(await enrollmentIn(app, run)).toMatchObject({ id: enrollmentId, mode: "verified" });
    expect(await stored(app, id)).toMatchObject({ enrollmentId });
  }
});

test("an enrollment that the learner had left becomes active again and keeps its first date", async () => {
  const [id, run] = await aPair();
  const enrollmentId = await anEnrollment(app, run, { isActive: false, createdAt: ago(40) });
  await spend(id, run);
  expect(await enrollmentIn(app, run)).toMatchObject({
    id: enrollmentId,
    isActive: true,
    createdAt: ago(40),
  });
});

test("E7: a run of another course is refused", async () => {
  const [id] = await aPair();
  const foreign = await aRun(app, aCourse());
  await expectRefusal(app, () => spend(id, foreign), "COURSE_RUN_NOT_IN_COURSE", { field: "courseRunKey" });
});

test("8.7.7: a run in which the learner is enrolled in another paid mode is refused, and nothing changes", async () => {
  const [id, run] = await aPair({ modes: ["verified", "professional"] });
  await anEnrollment(app, run, { mode: "professional" });
  await expectRefusal(app, () => spend(id, run), "ALREADY_ENROLLED_IN_PAID_MODE", { field: "courseRunKey" });
});

test("a run for which another entitlement is redeemed is refused", async () => {
  const [id, run] = await aPair();
  await anEntitlement(app, { courseUuid: (await stored(app, id)).courseUuid, run });
  await expectRefusal(app, () => spend(id, run), "ALREADY_ENROLLED_IN_PAID_MODE");
});

test("an enrollment in a paid mode that is no longer sold is refused", async () => {
  const [id, run] = await aPair({ modes: ["verified", { slug: "professional", expiresAt: ago(1) }] });
  await anEnrollment(app, run, { mode: "professional" });
  await expectRefusal(app, () => spend(id, run), "ALREADY_ENROLLED_IN_PAID_MODE", { field: "courseRunKey" });
});

test.each([
  ["NO_START_DATE", { startsAt: null }],
  ["MODE_NOT_OFFERED", { modes: ["professional"] }],
  ["UPGRADE_DEADLINE_PASSED", { modes: [{ expiresAt: ago(1) }] }],
  ["ENROLLMENT_NOT_OPEN", { enrollmentStartsAt: ago(-2) }],
  ["ENROLLMENT_CLOSED", { enrollmentEndsAt: ago(1) }],
  ["COURSE_FULL", { maxEnrollments: 0 }],
])("a run that is not available is refused with the reason %s", async (blocker, given) => {
  const [id, run] = await aPair(given);
  const details = { field: "courseRunKey", blocker };
  await expectRefusal(app, () => spend(id, run), "COURSE_RUN_NOT_AVAILABLE", details);
});

test("a run that is not in the catalog is refused", async () => {
  const [id] = await aPair();
  const details = { field: "courseRunKey", blocker: "RUN_UNKNOWN" };
  await expectRefusal(app, () => spend(id, "course-v1:DemoX+x+x"), "COURSE_RUN_NOT_AVAILABLE", details);
});

test("a learner with a free enrollment in a full run is upgraded", async () => {
  const [id, run] = await aPair({ maxEnrollments: 1 });
  await anEnrollment(app, run);
  expect(await spend(id, run)).toMatchObject({ enrollment: { mode: "verified" } });
});

test("the last place of a run is given to one learner", async () => {
  const [id, run] = await aPair({ maxEnrollments: 1 });
  const { courseUuid } = await stored(app, id);
  const other = await anEntitlement(app, { courseUuid, userId: bob.userId! });
  const answers = await Promise.allSettled([spend(id, run), spend(other, run, bob)]);
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test.each([
  ["an entitlement that has expired", { expiredAt: ago(1) }, "ENTITLEMENT_EXPIRED"],
  ["an entitlement with a stored expiry in the future", { expiredAt: ago(-30) }, "ENTITLEMENT_EXPIRED"],
  [
    "an entitlement that is due to expire, though the expiry is not stored",
    { createdAt: ago(731) },
    "ENTITLEMENT_EXPIRED",
  ],
  [
    "an entitlement at the last instant of its expiration period",
    { createdAt: ago(730) },
    "ENTITLEMENT_NOT_REDEEMABLE",
  ],
] as const)("%s is refused", async (_, given, code) => {
  const [id, run] = await aPair({}, given);
  await expectRefusal(app, () => spend(id, run), code);
});

test("an entitlement that is redeemed for another run is refused: switchSession is for that", async () => {
  const [id, run] = await aPair();
  await spend(id, run);
  const other = await aRun(app, (await stored(app, id)).courseUuid);
  const details = { blocker: "ALREADY_REDEEMED" };
  await expectRefusal(app, () => spend(id, other), "ENTITLEMENT_NOT_REDEEMABLE", details);
});

test("a repeated request for the same run changes nothing", async () => {
  const [id, run] = await aPair();
  await spend(id, run);
  const before = await checksumOf(app.db);
  expect(await spend(id, run)).toMatchObject({ id, enrollment: { courseRunKey: run } });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("the entitlement of another learner counts as missing, and support may choose a run for a learner", async () => {
  const [id, run] = await aPair();
  await expectRefusal(app, () => spend(id, run, bob), "ENTITLEMENT_NOT_FOUND", { field: "entitlementId" });
  expect(await spend(id, run, grace)).toMatchObject({ username: "ada", enrollment: { courseRunKey: run } });
});

test("a token without a user id is identified by its username", async () => {
  const [id, run] = await aPair();
  const [ours, theirs] = [
    { ...ada, userId: null },
    { ...bob, userId: null },
  ];
  await expectRefusal(app, () => spend(id, run, theirs), "ENTITLEMENT_NOT_FOUND");
  expect(await spend(id, run, ours)).toMatchObject({ enrollment: { courseRunKey: run } });
});
