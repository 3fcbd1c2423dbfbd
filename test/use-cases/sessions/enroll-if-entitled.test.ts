import { randomUUID } from "node:crypto";
import type { Actor } from "../../../src/auth/actor";
import { Refund } from "../../../src/entities/refund";
import { enrollIfEntitled } from "../../../src/use-cases/sessions/enroll-if-entitled";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, expectRefusal, historyOf, stored } from "../../support/stored";
import { untilSomebodyWaits } from "../../support/waiting";
import {
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  NOW,
  put,
  useApp,
} from "../../support/world";

const app = useApp();

const enroll = (courseRunKey: string, asking: Actor = ada) =>
  enrollIfEntitled(by(asking, app), { courseRunKey });

test("M1: the enroll button redeems an entitlement when there is one", async () => {
  const courseUuid = aCourse();
  const [id, run] = [await anEntitlement(app, { courseUuid }), await aRun(app, courseUuid)];
  expect(await enroll(run)).toMatchObject({ id, enrollment: { courseRunKey: run, mode: "verified" } });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true, mode: "verified" });
  expect((await historyOf(app, id)).at(-1)).toMatchObject({ history_change_reason: "enrollIfEntitled" });
});

test("M2: the enroll button redeems nothing for a run that is not in the catalog or belongs to another course", async () => {
  await anEntitlement(app);
  const before = await checksumOf(app.db);
  expect(await enroll("course-v1:DemoX+unknown+1")).toBeNull();
  expect(await checksumOf(app.db)).toEqual(before);
  const run = await aRun(app, aCourse());
  expect(await enroll(run)).toBeNull();
  expect(await enrollmentIn(app, run)).toBeNull();
});

test("enrollIfEntitled redeems the newest entitlement that can be redeemed, and skips newer ones that cannot", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { modes: ["verified"] });
  await anEntitlement(app, { courseUuid, createdAt: ago(5) });
  const usable = await anEntitlement(app, { courseUuid, createdAt: ago(4) });
  await anEntitlement(app, { courseUuid, createdAt: ago(3), mode: "professional" });
  await anEntitlement(app, { courseUuid, createdAt: ago(2), expiredAt: ago(1) });
  await anEntitlement(app, { courseUuid, createdAt: ago(1), run: await aRun(app, courseUuid) });
  expect(await enroll(run)).toMatchObject({ id: usable });
});

test("a repeated request answers with the same entitlement and changes nothing", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const older = await anEntitlement(app, { courseUuid, createdAt: ago(1) });
  const newer = await anEntitlement(app, { courseUuid });
  await enroll(run);
  const before = await checksumOf(app.db);
  expect(await enroll(run)).toMatchObject({ id: newer });
  expect(await checksumOf(app.db)).toEqual(before);
  expect(await stored(app, older)).toMatchObject({ enrollmentId: null });
});

test("several simultaneous requests redeem one entitlement", async () => {
  for (let round = 0; round < 8; round++) {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const ids = [await anEntitlement(app, { courseUuid }), await anEntitlement(app, { courseUuid })];
    const answers = await Promise.all(Array.from({ length: 6 }, () => enroll(run)));
    expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
    const rows = await Promise.all(ids.map((id) => stored(app, id)));
    expect(rows.filter(({ enrollmentId }) => enrollmentId)).toHaveLength(1);
  }
});

test("when the newest entitlement expires at that moment, the next one is redeemed", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const older = await anEntitlement(app, { courseUuid, createdAt: ago(1) });
  const newer = await anEntitlement(app, { courseUuid });
  const enrolling = await app.db.transaction(async (expiring) => {
    await expiring.query("update course_entitlement set expired_at = $2 where id = $1", [newer, NOW]);
    const command = enroll(run);
    await untilSomebodyWaits(app);
    return [command];
  });
  expect(await enrolling[0]).toMatchObject({ id: older });
});

test("enrollIfEntitled skips an entitlement with a pending refund", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const frozen = await anEntitlement(app, { courseUuid });
  await put(app, Refund, {
    id: randomUUID(),
    entitlementId: frozen,
    orderNumber: "ORDER-1",
    state: "IN_DOUBT",
    attempt: 1,
    nextAttemptAt: NOW,
    answer: null,
    detail: null,
    shopReferences: [],
    createdAt: NOW,
    modifiedAt: NOW,
  });
  expect(await enroll(run)).toBeNull();
  const older = await anEntitlement(app, { courseUuid, createdAt: ago(1) });
  expect(await enroll(run)).toMatchObject({ id: older });
});

test("a run in which the learner is enrolled in another paid mode is refused", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { modes: ["verified", "professional"] });
  await anEntitlement(app, { courseUuid });
  await anEnrollment(app, run, { mode: "professional" });
  await expectRefusal(app, () => enroll(run), "ALREADY_ENROLLED_IN_PAID_MODE");
});

test("a token without a user id is identified by its username, and an unknown username has no entitlements", async () => {
  const courseUuid = aCourse();
  const [id, run] = [await anEntitlement(app, { courseUuid }), await aRun(app, courseUuid)];
  expect(await enroll(run, { ...ada, userId: null, username: "nobody" })).toBeNull();
  expect(await enroll(run, { ...ada, userId: null })).toMatchObject({ id });
});
