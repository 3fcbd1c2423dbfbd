import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../src/use-cases/sessions/enroll-if-entitled";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { switchSession } from "../../src/use-cases/sessions/switch-session";
import { withShop } from "../support/refunds";
import { enrollmentIn, expectRefusal } from "../support/stored";
import { aCourse, ada, anEntitlement, aRun, bob, by, grace, shop, useApp } from "../support/world";

const { app } = withShop(useApp(), () => ({ kind: "accepted", refs: [] }));

/** An entitlement of Ada's that is not redeemed, and a run of its course. */
async function aScene() {
  const courseUuid = aCourse();
  return {
    entitlementId: await anEntitlement(app, { courseUuid }),
    courseRunKey: await aRun(app, courseUuid),
  };
}

test.each([
  ["a service by username", shop, { username: "ada" }],
  ["a service by LMS user id", shop, { userId: ada.userId }],
  ["an agent by both", grace, { username: "ada", userId: ada.userId }],
  ["the learner, who may name themselves", ada, { username: "ada" }],
])("enrollIfEntitled acts for a learner when it is called by %s", async (_, actor, learner) => {
  const { entitlementId, courseRunKey } = await aScene();
  expect(await enrollIfEntitled(by(actor, app), { courseRunKey, ...learner })).toMatchObject({
    id: entitlementId,
    userId: ada.userId,
  });
  expect(await enrollmentIn(app, courseRunKey)).toMatchObject({ isActive: true, mode: "verified" });
});

test.each([
  ["a learner for another one", bob, { username: "ada" }, "username"],
  ["a learner for another one, by LMS user id", bob, { userId: ada.userId }, "userId"],
  ["a service that names no learner", shop, { username: "nobody" }, "username"],
  [
    "a service that gives the username and the id of two different learners",
    shop,
    { username: "bob", userId: ada.userId },
    "userId",
  ],
])("enrollIfEntitled is refused to %s", async (_, actor, learner, field) => {
  const { courseRunKey } = await aScene();
  await expectRefusal(
    app,
    () => enrollIfEntitled(by(actor, app), { courseRunKey, ...learner }),
    "USER_NOT_FOUND",
    { field },
  );
});

test("a service redeems, switches, leaves and refunds for a learner, each only for the learner it names", async () => {
  const { entitlementId, courseRunKey } = await aScene();
  const call = by(shop, app);
  const [own, others] = [
    { entitlementId, userId: ada.userId },
    { entitlementId, username: "bob" },
  ];
  const missing = { field: "entitlementId" };
  const refuse = (work: () => Promise<unknown>) => expectRefusal(app, work, "ENTITLEMENT_NOT_FOUND", missing);
  await refuse(() => enrollAndFulfill(call, { ...others, courseRunKey }));
  await enrollAndFulfill(call, { ...own, courseRunKey });
  await refuse(() => switchSession(call, { ...others, courseRunKey }));
  await switchSession(call, { ...own, courseRunKey });
  await refuse(() => leaveSession(call, others));
  await leaveSession(call, own);
  await refuse(() => unenrollAndRefund(call, { ...others, refund: "REQUEST" }));
  expect(await unenrollAndRefund(call, { ...own, refund: "REQUEST" })).toMatchObject({
    refund: { state: "SUCCEEDED" },
  });
});
