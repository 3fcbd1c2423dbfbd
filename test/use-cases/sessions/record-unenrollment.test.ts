import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import {
  recordUnenrollment,
  type RecordUnenrollment,
} from "../../../src/use-cases/sessions/record-unenrollment";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { checksumOf } from "../../support/checksum";
import { ask } from "../../support/demo-app";
import { endPauses, withShop } from "../../support/refunds";
import { enrollmentIn, expectRefusal, historyOf, stored } from "../../support/stored";
import {
  aCertificate,
  aCourse,
  ada,
  ago,
  anEntitlement,
  aRun,
  bob,
  by,
  shop,
  useApp,
} from "../../support/world";

const { app, asked } = withShop(useApp(), () => ({ kind: "accepted", refs: [] }));

const record = (courseRunKey: string, given: Partial<RecordUnenrollment> = {}) =>
  recordUnenrollment(by(shop, app), { username: "ada", courseRunKey, refund: "KEEP", ...given });

async function aSpentOne(given: Parameters<typeof anEntitlement>[1] = {}) {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { startsAt: ago(40) });
  return { courseUuid, run, id: await anEntitlement(app, { courseUuid, run, ...given }) };
}

test("the enrollment ends, and the entitlement can be redeemed again", async () => {
  const { id, run } = await aSpentOne();
  expect(await record(run)).toMatchObject({
    outcome: "CHANGED",
    entitlement: { id, enrollment: null, expiredAt: null },
    refund: null,
    refundBlocker: null,
  });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false, mode: "verified", seenAt: null });
  expect((await historyOf(app, id)).at(-1)).toMatchObject({
    history_change_reason: "recordUnenrollment",
    history_user_label: "shop",
  });
  await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
  expect(await stored(app, id)).toMatchObject({ enrollmentId: (await enrollmentIn(app, run))!.id });
});

test("a second time changes nothing", async () => {
  const { run } = await aSpentOne();
  await record(run, { refund: "REFUND" });
  const before = await checksumOf(app.db);
  expect(await record(run, { refund: "REFUND" })).toEqual({
    outcome: "UNCHANGED",
    entitlement: null,
    refund: null,
    refundBlocker: null,
  });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("a refundable order is refunded once, by the sweep", async () => {
  const { id, run } = await aSpentOne();
  const times = () => asked.filter(({ entitlementId }) => entitlementId === id).length;
  expect(await record(run, { refund: "REFUND" })).toMatchObject({
    outcome: "CHANGED",
    entitlement: { id, refundState: "REQUESTED" },
    refund: { entitlementId: id, state: "REQUESTED" },
  });
  expect(times()).toBe(0);
  await endPauses(app);
  await sweepRefunds(app);
  expect(times()).toBe(1);
  expect(await stored(app, id)).toMatchObject({ expiryCause: "REFUNDED", enrollmentId: null });
});

test.each([
  ["the certificate", "CERTIFICATE_EARNED", ({ run }: { run: string }) => aCertificate(app, run), {}],
  ["the age of the order", "REFUND_PERIOD_OVER", () => {}, { createdAt: ago(70) }],
  ["a lock", "REFUND_LOCKED", () => {}, { refundLocked: true }],
] as const)(
  "what %s rules out is not refunded, and the reason is told",
  async (_what, blocker, make, given) => {
    const spent = await aSpentOne(given);
    await make(spent);
    expect(await record(spent.run, { refund: "REFUND" })).toMatchObject({
      outcome: "CHANGED",
      refund: null,
      refundBlocker: blocker,
    });
    expect(await stored(app, spent.id)).toMatchObject({ enrollmentId: null });
  },
);

test("what the learner could no longer leave expires", async () => {
  const { id, run } = await aSpentOne({ createdAt: ago(40) });
  await record(run);
  expect(await stored(app, id)).toMatchObject({ expiryCause: "LAPSED", enrollmentId: null });
});

test("while a refund is pending, its outcome comes first", async () => {
  const { id, run } = await aSpentOne();
  await app.db.query(
    `insert into refund (entitlement_id, order_number, state, attempt, created_at, modified_at)
     values ($1, 'ORDER-P', 'NEEDS_REVIEW', 2, now(), now())`,
    [id],
  );
  const before = await checksumOf(app.db);
  expect(await record(run)).toMatchObject({ outcome: "WAITING" });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("a learner or a run without anything has nothing to record", async () => {
  const { run } = await aSpentOne();
  const before = await checksumOf(app.db);
  expect(await record(run, { username: "bob" })).toMatchObject({ outcome: "UNCHANGED" });
  expect(await record("course-v1:DemoX+nothing+here")).toMatchObject({ outcome: "UNCHANGED" });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("a learner without an account is refused, and so are two learners", async () => {
  const { run } = await aSpentOne();
  await expectRefusal(app, () => record(run, { username: "nobody" }), "USER_NOT_FOUND", {
    field: "username",
  });
  await expectRefusal(app, () => record(run, { userId: bob.userId! }), "USER_NOT_FOUND", {
    field: "username",
  });
});

test("a dry run tells the same and changes nothing", async () => {
  const { id, run } = await aSpentOne();
  const before = await checksumOf(app.db);
  const document = `mutation ($input: RecordUnenrollmentInput!) {
    recordUnenrollment(input: $input) {
      outcome refundBlocker refund { state } entitlement { id state refundBlocker } userErrors { code }
      preview { operation entityType }
    }
  }`;
  const input = { userId: ada.userId, courseRunKey: run, refund: "REFUND", dryRun: true };
  const { data, errors } = await ask(app, shop, document, { input });
  expect(errors).toBeUndefined();
  expect(data!["recordUnenrollment"]).toMatchObject({
    outcome: "CHANGED",
    refundBlocker: null,
    refund: { state: "REQUESTED" },
    entitlement: { id, refundBlocker: "REFUND_PENDING" },
    userErrors: [],
    preview: ["COURSE_ENROLLMENT", "COURSE_ENTITLEMENT", "REFUND"].map((entityType) => ({
      operation: "recordUnenrollment",
      entityType,
    })),
  });
  expect(await checksumOf(app.db)).toEqual(before);
});
