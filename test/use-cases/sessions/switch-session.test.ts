import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, expectRefusal, historyOf, stored } from "../../support/stored";
import {
  aCertificate,
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  NOW,
  useApp,
} from "../../support/world";

const app = useApp();

const change = (entitlementId: string, courseRunKey: string) =>
  switchSession(by(ada, app), { entitlementId, courseRunKey });

/** A redeemed entitlement, the run for which it is redeemed, and another run of its course. */
async function aSpentOne(
  given: Parameters<typeof anEntitlement>[1] = {},
  to: Parameters<typeof aRun>[2] = {},
) {
  const courseUuid = aCourse();
  const [from, other] = [await aRun(app, courseUuid), await aRun(app, courseUuid, to)];
  return { id: await anEntitlement(app, { courseUuid, run: from, ...given }), from, to: other };
}

test("E3: the learner is enrolled in the new run and leaves the old one", async () => {
  const courseUuid = aCourse();
  const [from, to] = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
  const id = await anEntitlement(app, { courseUuid });
  await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: from });
  expect(await change(id, to)).toMatchObject({ id, redeemedAt: NOW, enrollment: { courseRunKey: to } });
  expect(await enrollmentIn(app, to)).toMatchObject({ isActive: true, mode: "verified" });
  expect(await enrollmentIn(app, from)).toMatchObject({ isActive: false });
  expect(await historyOf(app, id)).toMatchObject([{}, {}, { history_change_reason: "switchSession" }]);
});

test("8.7.6: switching to the current run changes nothing and adds no history entry", async () => {
  const { id, from } = await aSpentOne();
  const before = await checksumOf(app.db);
  expect(await change(id, from)).toMatchObject({ id, enrollment: { courseRunKey: from } });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("8.7.4: when the new run is not available, the old one stays and no history entry is added", async () => {
  const { id, to } = await aSpentOne({}, { enrollmentEndsAt: ago(1) });
  const details = { field: "courseRunKey", blocker: "ENROLLMENT_CLOSED" };
  await expectRefusal(app, () => change(id, to), "COURSE_RUN_NOT_AVAILABLE", details);
  const foreign = await aRun(app, aCourse());
  await expectRefusal(app, () => change(id, foreign), "COURSE_RUN_NOT_IN_COURSE");
});

test("a run in which the learner is enrolled by other means is refused", async () => {
  const { id, to } = await aSpentOne({}, { modes: ["verified", "professional"] });
  await anEnrollment(app, to, { mode: "professional" });
  await expectRefusal(app, () => change(id, to), "ALREADY_ENROLLED_IN_PAID_MODE");
});

test("an entitlement that is not redeemed has no session to switch", async () => {
  const courseUuid = aCourse();
  const [id, to] = [await anEntitlement(app, { courseUuid }), await aRun(app, courseUuid)];
  const details = { blocker: "NOT_REDEEMED" };
  await expectRefusal(app, () => change(id, to), "ENTITLEMENT_NOT_REGAINABLE", details);
});

test("the session cannot be switched after the expiry or once a certificate is earned", async () => {
  const expired = await aSpentOne({ expiredAt: ago(1) });
  await expectRefusal(app, () => change(expired.id, expired.to), "ENTITLEMENT_EXPIRED");
  const certified = await aSpentOne();
  await aCertificate(app, certified.from);
  const details = { blocker: "CERTIFICATE_EARNED" };
  await expectRefusal(app, () => change(certified.id, certified.to), "ENTITLEMENT_NOT_REGAINABLE", details);
});

test("after the regain period the session cannot be switched, even before the expiry is stored", async () => {
  const courseUuid = aCourse();
  const [from, to] = [await aRun(app, courseUuid, { startsAt: ago(20) }), await aRun(app, courseUuid)];
  const id = await anEntitlement(app, { courseUuid, run: from, createdAt: ago(20) });
  const details = { blocker: "REGAIN_PERIOD_OVER" };
  await expectRefusal(app, () => change(id, to), "ENTITLEMENT_NOT_REGAINABLE", details);
});

test("the session can be switched up to the last millisecond of the regain period", async () => {
  const since = new Date(ago(15).getTime() + 1);
  const courseUuid = aCourse();
  const [from, to] = [await aRun(app, courseUuid, { startsAt: since }), await aRun(app, courseUuid)];
  const id = await anEntitlement(app, { courseUuid, run: from, createdAt: since });
  expect(await change(id, to)).toMatchObject({ enrollment: { courseRunKey: to } });
  expect(await stored(app, id)).toMatchObject({ redeemedAt: NOW });
});

test("a run whose enrollment was ended elsewhere can be chosen again", async () => {
  const { id, from } = await aSpentOne();
  const { enrollmentId } = await stored(app, id);
  await app.db.query("update course_enrollment set is_active = false where id = $1", [enrollmentId]);
  expect(await change(id, from)).toMatchObject({ enrollment: { id: enrollmentId, isActive: true } });
});
