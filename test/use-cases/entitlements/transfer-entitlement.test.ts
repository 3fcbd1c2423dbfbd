import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { ask } from "../../support/demo-app";
import { enrollmentIn, expectRefusal, historyOf, supportDetails } from "../../support/stored";
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
  hopper,
  NOW,
  useApp,
} from "../../support/world";

const app = useApp();

const transfer = (entitlementId: string, username = "bob") =>
  transferEntitlement(by(hopper, app), { entitlementId, username, comments: "Bought for a colleague" });

test("the former learner leaves the run, and the new one can redeem the entitlement", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  expect(await transfer(id)).toMatchObject({ userId: bob.userId, enrollment: null });
  expect(await enrollmentIn(app, run)).toMatchObject({ isActive: false });
  expect(await supportDetails(app, id)).toMatchObject([{ action: "TRANSFER", unenrolledRunKey: run }]);
  await enrollAndFulfill(by(bob, app), { entitlementId: id, courseRunKey: run });
  expect(await enrollmentIn(app, run, bob.userId!)).toMatchObject({ isActive: true });
});

test("the former learner no longer has the entitlement, and the new one does not see its earlier state", async () => {
  const id = await anEntitlement(app, { orderNumber: "EDX-OF-ADA" });
  await transfer(id);
  const question = `{ entitlement(id: "${id}") { history { edges { node {
    entityType changes { field from to } state { ... on CourseEntitlement { user { id } } }
  } } } } }`;
  interface Seen {
    entityType: string;
    changes: { field: string; from: unknown; to: unknown }[];
    state: unknown;
  }
  const seenBy = async (actor: typeof ada) => {
    const { data } = await ask(app, actor, question);
    const { edges } = (data as { entitlement: { history: { edges: { node: Seen }[] } } }).entitlement.history;
    return edges.map(({ node }) => node).filter(({ entityType }) => entityType === "COURSE_ENTITLEMENT");
  };
  const usersSeenBy = async (actor: typeof ada) =>
    (await seenBy(actor)).map(({ changes, state }) => [
      state,
      ...changes.flatMap(({ field, from, to }) => (field === "user" ? [{ from, to }] : [])),
    ]);
  const [of, to] = [ada.userId, bob.userId];

  expect((await ask(app, ada, question)).data).toEqual({ entitlement: null });
  // Staff sees the creation for Ada and the transfer; Bob sees his own state as if it had begun with the transfer.
  expect(await usersSeenBy(hopper)).toEqual([
    [{ user: { id: to } }, { from: of, to }],
    [{ user: { id: of } }, { from: null, to: of }],
  ]);
  expect(await usersSeenBy(bob)).toEqual([[{ user: { id: to } }, { from: null, to }], [null]]);
  const theirs = (await seenBy(bob)).flatMap(({ changes }) => changes.map(({ from }) => from));
  expect(new Set(theirs)).toEqual(new Set([null]));
});

test("a transfer to the same learner changes nothing and adds no history entry", async () => {
  const id = await anEntitlement(app);
  await transfer(id, "ada");
  expect(await historyOf(app, id)).toHaveLength(1);
});

test.each([
  ["that has expired", { expiredAt: ago(1), expiryCause: "SUPPORT" as const }, "ENTITLEMENT_EXPIRED"],
  ["that is due to expire", { createdAt: ago(800) }, "ENTITLEMENT_EXPIRED"],
  ["that was refunded", { expiredAt: ago(1), expiryCause: "REFUNDED" as const }, "ENTITLEMENT_REFUNDED"],
] as const)("an entitlement %s is not transferred", async (_, given, code) => {
  const id = await anEntitlement(app, given);
  await expectRefusal(app, () => transfer(id), code);
});

test("an entitlement that the new learner could not redeem is not transferred, be it redeemed now or not", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  for (const given of [{}, { courseUuid, run, redeemedAt: NOW }]) {
    const id = await anEntitlement(app, { createdAt: ago(730), ...given });
    await expectRefusal(app, () => transfer(id), "ENTITLEMENT_NOT_REDEEMABLE", {
      field: "entitlementId",
      blocker: "EXPIRATION_PERIOD_OVER",
    });
  }
});

test("an entitlement whose learner has left the run by other means is transferred", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const enrollmentId = await anEnrollment(app, run, { isActive: false, mode: "verified" });
  const id = await anEntitlement(app, { courseUuid, enrollmentId, redeemedAt: ago(20), createdAt: ago(30) });
  expect(await transfer(id)).toMatchObject({ userId: bob.userId, enrollment: null });
});

test("an entitlement is not transferred when its learner has a certificate for the run", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run });
  await aCertificate(app, run);
  await expectRefusal(app, () => transfer(id), "ENTITLEMENT_NOT_REGAINABLE", {
    blocker: "CERTIFICATE_EARNED",
  });
  await expectRefusal(app, () => transfer(id, "nobody"), "USER_NOT_FOUND", { field: "username" });
});
