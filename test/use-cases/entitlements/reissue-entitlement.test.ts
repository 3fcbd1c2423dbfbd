import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { expireDueEntitlements } from "../../../src/use-cases/entitlements/expire-due-entitlements";
import { refundBlocker, DEFAULT_PERIODS } from "../../../src/rules/entitlement-rules";
import { entitlementsById } from "../../../src/reads/entitlement-facts";
import { standingOf } from "../../../src/reads/decisions/choosing";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import {
  aCourse,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  grace,
  NOW,
  removePolicies,
  useApp,
} from "../../support/world";

const app = useApp();
const SWEEP = { source: "JOB", requestId: null } as const;
beforeEach(() => removePolicies(app));

const reissue = (
  entitlementId: string,
  given: { refundLocked?: boolean; renew?: boolean; expectedHistoryEntryId?: string } = {},
) => reissueEntitlement(by(grace, app), { entitlementId, comments: "Wrong run", ...given });

test("R32: an expired and redeemed entitlement is reissued as neither, and a support detail records the comments", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run, expiredAt: NOW, expiryCause: "LAPSED" });
  const answer = await reissue(id);
  expect(answer).toMatchObject({
    id,
    expiredAt: null,
    expiryCause: null,
    enrollment: null,
    redeemedAt: null,
  });
  expect(await stored(app, id)).toMatchObject({ expiredAt: null, enrollmentId: null, redeemedAt: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "REISSUE", comments: "Wrong run", unenrolledRunKey: run, supportUserId: grace.userId },
  ]);
});

test("R33: an order that was refundable before the reissue stays refundable", async () => {
  const courseUuid = aCourse();
  const id = await anEntitlement(app, { courseUuid, run: await aRun(app, courseUuid) });
  await reissue(id);
  const [facts] = await entitlementsById(app.db, [id]);
  expect(facts).toMatchObject({ refundLocked: false });
  expect(refundBlocker(standingOf(facts!), DEFAULT_PERIODS, NOW)).toBeNull();
});

test("R34: an order that was not refundable before the reissue is locked, so that it never becomes refundable", async () => {
  const cases: Parameters<typeof anEntitlement>[1][] = [
    { expiredAt: NOW, expiryCause: "LAPSED" },
    // No expiry is stored, and the run cannot be left any more.
    { createdAt: ago(20) },
    // The run can still be left, but the refund period is over.
    { createdAt: ago(70), redeemedAt: ago(1) },
  ];
  for (const given of cases) {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { startsAt: given!.createdAt ?? NOW });
    const id = await anEntitlement(app, { courseUuid, run, ...given });
    expect(await reissue(id)).toMatchObject({ refundLocked: true });
    const [facts] = await entitlementsById(app.db, [id]);
    expect(refundBlocker(standingOf(facts!), DEFAULT_PERIODS, NOW)).toBe("REFUND_LOCKED");
  }
});

test("the caller can decide whether refunds are locked", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run, expiredAt: NOW });
  expect(await reissue(id, { refundLocked: false })).toMatchObject({ refundLocked: false });
});

test("8.7.10: a link to an enrollment that is no longer active is cleared too", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const enrollmentId = await anEnrollment(app, run, { isActive: false });
  const id = await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: NOW });
  await reissue(id);
  expect(await stored(app, id)).toMatchObject({ enrollmentId: null, redeemedAt: null });
});

test("a run that is not in the catalog can be left nevertheless", async () => {
  const run = "course-v1:DemoX+gone+2019";
  const id = await anEntitlement(app, { run });
  await reissue(id);
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
});

test("the learner stays in a run for which another entitlement is redeemed", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const first = await anEntitlement(app, { courseUuid, run });
  const { enrollmentId } = await stored(app, first);
  await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: NOW });
  await reissue(first);
  expect(await stored(app, first)).toMatchObject({ enrollmentId: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
});

test("an available entitlement stays unchanged, and no support detail is added", async () => {
  const courseUuid = aCourse();
  const id = await anEntitlement(app, { courseUuid, run: await aRun(app, courseUuid), createdAt: ago(3) });
  await reissue(id);
  await reissue(id);
  expect(await supportDetails(app, id)).toHaveLength(1);
  expect(await historyOf(app, id)).toHaveLength(2);
});

test("the history names the agent, the operation and the request of a reissue", async () => {
  const id = await anEntitlement(app, { expiredAt: NOW });
  await reissue(id);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({
    history_type: "~",
    history_change_reason: "reissueEntitlement",
    history_user_label: "grace",
    history_source: "API",
    history_request_id: "test-request",
  });
});

test("an agent who has not seen the newest change is refused", async () => {
  const id = await anEntitlement(app, { expiredAt: NOW });
  const [seen] = await historyOf(app, id);
  await reissue(id, { expectedHistoryEntryId: seen!.history_id });
  const again = () => reissue(id, { expectedHistoryEntryId: seen!.history_id, refundLocked: false });
  await expectRefusal(app, again, "CONFLICT", { field: "expectedHistoryEntryId" });
});

test("an entitlement that does not exist is refused", async () => {
  const missing = () => reissue("00000000-0000-4000-8000-000000000000");
  await expectRefusal(app, missing, "ENTITLEMENT_NOT_FOUND", { field: "entitlementId" });
});

test.each([
  ["that has expired", { expiredAt: ago(1), expiryCause: "LAPSED" as const }],
  ["that is redeemed", { run: "course-v1:DemoX+old+1" }],
])("an entitlement %s is not reissued when it is too old to be redeemed again", async (_, given) => {
  const id = await anEntitlement(app, { createdAt: ago(800), ...given });
  const details = { field: "entitlementId", blocker: "EXPIRATION_PERIOD_OVER" };
  const reissuing = () => reissueEntitlement(by(grace, app), { entitlementId: id, comments: "again" });
  await expectRefusal(app, reissuing, "ENTITLEMENT_NOT_REDEEMABLE", details);
});

test("an entitlement that is too old is not reissued, though nothing else would change", async () => {
  const id = await anEntitlement(app, { createdAt: ago(730), refundLocked: true });
  await expectRefusal(app, () => reissue(id), "ENTITLEMENT_NOT_REDEEMABLE", { field: "entitlementId" });
});

test("an entitlement that is too old is reissued when it is renewed, and lasts for a whole period again", async () => {
  const id = await anEntitlement(app, { createdAt: ago(800), expiredAt: ago(1), expiryCause: "LAPSED" });
  expect(await reissue(id, { renew: true })).toMatchObject({
    renewedAt: NOW,
    expiredAt: null,
    refundLocked: true,
  });
  const at = (now: Date) => expireDueEntitlements({ ...app, clock: () => now }, SWEEP);
  expect(await at(ago(-730))).toMatchObject({ expired: 0 });
  expect(await at(new Date(ago(-730).getTime() + 1))).toMatchObject({ expired: 1 });
});

test("an entitlement can be reissued until the last day on which it can be redeemed", async () => {
  const id = await anEntitlement(app, { createdAt: ago(729.9), expiredAt: ago(1), expiryCause: "LAPSED" });
  const reissuing = reissueEntitlement(by(grace, app), { entitlementId: id, comments: "again" });
  expect(await reissuing).toMatchObject({ expiredAt: null });
});
