import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
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
  bob,
  by,
  useApp,
} from "../../support/world";

const app = useApp();

const leave = (entitlementId: string, asking = ada) => leaveSession(by(asking, app), { entitlementId });

test("E2: the learner leaves the run, and the entitlement is not redeemed and not expired", async () => {
  const courseUuid = aCourse();
  const [id, run] = [await anEntitlement(app, { courseUuid }), await aRun(app, courseUuid)];
  await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
  expect(await leave(id)).toMatchObject({ id, enrollment: null, redeemedAt: null, expiredAt: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false, mode: "verified" });
  expect(await stored(app, id)).toMatchObject({ enrollmentId: null, redeemedAt: null, expiredAt: null });
  expect(await historyOf(app, id)).toMatchObject([{}, {}, { history_change_reason: "leaveSession" }]);
});

test("an entitlement that is not redeemed stays unchanged, and so does a free enrollment of the learner", async () => {
  const courseUuid = aCourse();
  await anEnrollment(app, await aRun(app, courseUuid));
  const id = await anEntitlement(app, { courseUuid });
  const before = await checksumOf(app.db);
  expect(await leave(id)).toMatchObject({ id, expiredAt: null });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("8.7.8: a run that the catalog does not contain can be left", async () => {
  const id = await anEntitlement(app, { run: "course-v1:DemoX+vanished+1" });
  expect(await leave(id)).toMatchObject({ enrollment: null });
});

test("of two entitlements for a course, the redeemed one is changed, not the newest", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const spent = await anEntitlement(app, { courseUuid, run, createdAt: ago(1) });
  const newer = await anEntitlement(app, { courseUuid });
  await leave(spent);
  expect(await stored(app, spent)).toMatchObject({ enrollmentId: null });
  expect(await historyOf(app, newer)).toHaveLength(1);
});

test("the learner stays in a run for which another entitlement is redeemed", async () => {
  const run = await aRun(app, aCourse());
  const id = await anEntitlement(app, { run });
  const { enrollmentId } = await stored(app, id);
  await anEntitlement(app, { enrollmentId, redeemedAt: ago(0) });
  await leave(id);
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
});

test("a learner cannot leave the run after the regain period", async () => {
  const expired = await anEntitlement(app, { run: await aRun(app, aCourse()), expiredAt: ago(1) });
  await expectRefusal(app, () => leave(expired), "ENTITLEMENT_EXPIRED");
  const run = await aRun(app, aCourse());
  const certified = await anEntitlement(app, { run });
  await aCertificate(app, run, "generating");
  const earned = { blocker: "CERTIFICATE_EARNED" };
  await expectRefusal(app, () => leave(certified), "ENTITLEMENT_NOT_REGAINABLE", earned);
  const old = await aRun(app, aCourse(), { startsAt: ago(20) });
  const late = await anEntitlement(app, { run: old, createdAt: ago(20) });
  const over = { blocker: "REGAIN_PERIOD_OVER" };
  await expectRefusal(app, () => leave(late), "ENTITLEMENT_NOT_REGAINABLE", over);
});

test("the entitlement of another learner counts as missing", async () => {
  const id = await anEntitlement(app);
  await expectRefusal(app, () => leave(id, bob), "ENTITLEMENT_NOT_FOUND", { field: "entitlementId" });
});
