import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { Refund } from "../../../src/entities/refund";
import type { RefundState } from "../../../src/rules/refund-rules";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { revertEntitlement } from "../../../src/use-cases/entitlements/revert-entitlement";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { revokeEntitlements } from "../../../src/use-cases/bulk/revoke-entitlements";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollmentIn, expectRefusal, historyOf, stored } from "../../support/stored";
import { aRefund, withShop } from "../../support/refunds";
import { aCourse, ada, anEntitlement, aRun, by, grace, NOW, put, shop, useApp } from "../../support/world";

const app = useApp();
const reason = "returned by the shop";
const refundsOf = (entitlementId: string) => app.db.getRepository(Refund).findBy({ entitlementId });
const firstEntry = async (id: string) => (await historyOf(app, id))[0]!["history_id"];

/** Requests a refund, and fails the test if the shop gets a request. */
const expectNoSecondRefund = async (entitlementId: string, blocker = "ALREADY_REFUNDED") => {
  const { app: shopping, asked } = withShop(app, () => ({ kind: "accepted", refs: ["second"] }));
  const asking = () => unenrollAndRefund(by(ada, shopping), { entitlementId, refund: "REQUEST" });
  const details = { field: "entitlementId", blocker };
  await expectRefusal(app, asking, "ENTITLEMENT_NOT_REFUNDABLE", details);
  expect(asked).toEqual([]);
};

const GIVE_BACK: [string, (entitlementId: string) => Promise<unknown>][] = [
  [
    "a revert",
    async (entitlementId) =>
      revertEntitlement(by(grace, app), {
        entitlementId,
        historyEntryId: await firstEntry(entitlementId),
        comments: "x",
      }),
  ],
  [
    "a reissue",
    (entitlementId) =>
      reissueEntitlement(by(grace, app), { entitlementId, comments: "x", refundLocked: false }),
  ],
];

describe("a refund that was made elsewhere stays recorded", () => {
  test.each(GIVE_BACK)(
    "after revokeEntitlement and %s the order cannot be refunded again",
    async (_, giveBack) => {
      const id = await anEntitlement(app);
      await revokeEntitlement(by(shop, app), { entitlementId: id, reason });
      expect(await refundsOf(id)).toMatchObject([{ state: "SUCCEEDED", shopReferences: [] }]);
      await giveBack(id);
      expect(await stored(app, id)).toMatchObject({ expiredAt: null });
      await expectNoSecondRefund(id);
    },
  );

  test.each(["LAPSED", "SUPPORT"] as const)(
    "after revokeEntitlement, a reissue and an expiry by %s, the order counts as refunded before, and nothing as done",
    async (expiryCause) => {
      const courseUuid = aCourse();
      const run = await aRun(app, courseUuid);
      const id = await anEntitlement(app, { courseUuid, run });
      await revokeEntitlement(by(shop, app), { entitlementId: id, reason });
      await GIVE_BACK[1]![1](id);
      await enrollAndFulfill(by(ada, app), { entitlementId: id, courseRunKey: run });
      await expectNoSecondRefund(id);
      await put(
        app,
        CourseEntitlement,
        Object.assign(await stored(app, id), { expiredAt: NOW, expiryCause }),
      );
      await expectNoSecondRefund(id);
      expect(await enrollmentIn(app, run)).toMatchObject({ isActive: true });
    },
  );

  test.each(GIVE_BACK)(
    "after a revocation that recorded no refund, and %s, the order cannot be refunded again",
    async (_, giveBack) => {
      const id = await anEntitlement(app);
      const revoked = { expiredAt: NOW, expiryCause: "REVOKED" as const };
      await put(app, CourseEntitlement, Object.assign(await stored(app, id), revoked));
      await giveBack(id);
      expect(await stored(app, id)).toMatchObject({ expiredAt: null });
      await expectNoSecondRefund(id);
    },
  );

  test.each(GIVE_BACK)(
    "after a revocation without a refund and %s the order can be refunded",
    async (_, giveBack) => {
      const id = await anEntitlement(app);
      await revokeEntitlement(by(shop, app), { entitlementId: id, reason, moneyReturned: false });
      await giveBack(id);
      const { app: shopping, asked } = withShop(app, () => ({ kind: "accepted", refs: ["first"] }));
      await unenrollAndRefund(by(ada, shopping), { entitlementId: id, refund: "REQUEST" });
      expect(asked).toHaveLength(1);
    },
  );

  const GIVE_BACK_AS_IT_IS: typeof GIVE_BACK = [
    GIVE_BACK[0]!,
    ["a reissue", (entitlementId) => reissueEntitlement(by(grace, app), { entitlementId, comments: "x" })],
  ];

  test.each(GIVE_BACK_AS_IT_IS)(
    "after an expiry without a recorded cause, as imported ones are, and %s, refunds are locked",
    async (_, giveBack) => {
      const id = await anEntitlement(app);
      await put(app, CourseEntitlement, Object.assign(await stored(app, id), { expiredAt: NOW }));
      await giveBack(id);
      expect(await stored(app, id)).toMatchObject({ expiredAt: null, refundLocked: true });
      await expectNoSecondRefund(id, "REFUND_LOCKED");
    },
  );

  test.each(GIVE_BACK_AS_IT_IS)(
    "after an expiry without a recorded cause and %s, no later revert unlocks refunds, but an agent can",
    async (_, giveBack) => {
      const id = await anEntitlement(app);
      await put(app, CourseEntitlement, Object.assign(await stored(app, id), { expiredAt: NOW }));
      await giveBack(id);
      const expired = (await historyOf(app, id))[1]!["history_id"];
      const revert = (historyEntryId: string) =>
        revertEntitlement(by(grace, app), { entitlementId: id, historyEntryId, comments: "x" });
      for (const entry of [await firstEntry(id), expired, await firstEntry(id)]) await revert(entry);
      expect(await stored(app, id)).toMatchObject({ expiredAt: null, refundLocked: true });
      await expectNoSecondRefund(id, "REFUND_LOCKED");
      await setRefundLock(by(grace, app), {
        entitlementId: id,
        isLocked: false,
        comments: "was not refunded",
      });
      const { app: shopping, asked } = withShop(app, () => ({ kind: "accepted", refs: ["first"] }));
      await unenrollAndRefund(by(ada, shopping), { entitlementId: id, refund: "REQUEST" });
      expect(asked).toHaveLength(1);
    },
  );

  test("once an agent has unlocked refunds after such an expiry, a later lock can be reverted", async () => {
    const id = await anEntitlement(app);
    await put(app, CourseEntitlement, Object.assign(await stored(app, id), { expiredAt: NOW }));
    await reissueEntitlement(by(grace, app), { entitlementId: id, comments: "x" });
    const lock = (isLocked: boolean) =>
      setRefundLock(by(grace, app), { entitlementId: id, isLocked, comments: "x" });
    await lock(false);
    const unlocked = (await historyOf(app, id)).at(-1)!["history_id"];
    await lock(true);
    await revertEntitlement(by(grace, app), { entitlementId: id, historyEntryId: unlocked, comments: "x" });
    expect(await stored(app, id)).toMatchObject({ refundLocked: false });
  });

  test("an order cannot be refunded when a later revocation says that it was refunded", async () => {
    const id = await anEntitlement(app);
    for (const moneyReturned of [false, true])
      await revokeEntitlement(by(shop, app), { entitlementId: id, reason, moneyReturned });
    await reissueEntitlement(by(grace, app), { entitlementId: id, comments: "x", refundLocked: false });
    await expectNoSecondRefund(id);
  });

  test("after revokeEntitlements the order cannot be refunded again", async () => {
    const id = await anEntitlement(app);
    await revokeEntitlements(by(shop, app), { entitlementIds: [id], reason });
    await reissueEntitlement(by(grace, app), { entitlementId: id, comments: "x", refundLocked: false });
    await expectNoSecondRefund(id);
  });

  test("a revocation that says that the order was not refunded records no refund", async () => {
    const id = await anEntitlement(app);
    await revokeEntitlement(by(shop, app), { entitlementId: id, reason, moneyReturned: false });
    expect(await stored(app, id)).toMatchObject({ expiryCause: "REVOKED" });
    expect(await refundsOf(id)).toEqual([]);
  });

  test("a revocation of an entitlement without an order records no refund", async () => {
    const id = await anEntitlement(app, { orderNumber: null });
    await revokeEntitlement(by(shop, app), { entitlementId: id, reason });
    expect(await refundsOf(id)).toEqual([]);
  });
});

describe.each<RefundState>(["REQUESTED", "IN_DOUBT", "NEEDS_REVIEW"])("while a refund is %s", (state) => {
  const aPendingOne = async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const id = await anEntitlement(app, { courseUuid, run });
    await aRefund(app, id, state);
    return { id, run };
  };

  test("a revocation by a shop settles it", async () => {
    const { id, run } = await aPendingOne();
    expect(await revokeEntitlement(by(shop, app), { entitlementId: id, reason })).toMatchObject({
      expiryCause: "REFUNDED",
    });
    expect(await refundsOf(id)).toMatchObject([{ state: "SUCCEEDED", nextAttemptAt: null }]);
    expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  });

  test("a revocation by an agent is refused, and so is one without a refund", async () => {
    const { id } = await aPendingOne();
    const wish = { entitlementId: id, reason };
    await expectRefusal(app, () => revokeEntitlement(by(grace, app), wish), "REFUND_PENDING");
    const unpaid = { ...wish, moneyReturned: false };
    await expectRefusal(app, () => revokeEntitlement(by(shop, app), unpaid), "REFUND_PENDING");
  });
});
