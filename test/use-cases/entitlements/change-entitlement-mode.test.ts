import { changeEntitlementMode } from "../../../src/use-cases/entitlements/change-entitlement-mode";
import { checksumOf } from "../../support/checksum";
import { expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { aCourse, aPolicy, anEntitlement, aRun, by, hopper, useApp } from "../../support/world";

const app = useApp();

const orderNumber = "ORDER-1";
const change = (courseUuid: string, mode: string, given: object = {}) =>
  changeEntitlementMode(by(hopper, app), {
    courseUuid,
    orderNumber,
    mode,
    acceptAnyMode: false,
    comments: "Bought the wrong one",
    ...given,
  });

test("an entitlement without an order is named by its id", async () => {
  const entitlementId = await anEntitlement(app, { orderNumber: null });
  const named = { orderNumber: undefined, courseUuid: undefined, entitlementId };
  expect(await change("", "professional", named)).toMatchObject({ id: entitlementId, mode: "professional" });
});

test("staff change the mode of the entitlement of an order; its policy and its run stay", async () => {
  const courseUuid = aCourse();
  const policyId = await aPolicy(app);
  const id = await anEntitlement(app, {
    courseUuid,
    orderNumber,
    policyId,
    run: await aRun(app, courseUuid),
  });
  const before = await stored(app, id);
  expect(await change(courseUuid, "professional")).toMatchObject({ id, mode: "professional" });
  const { enrollmentId, redeemedAt } = before;
  expect(await stored(app, id)).toMatchObject({ mode: "professional", policyId, enrollmentId, redeemedAt });
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "CHANGE_MODE", comments: "Bought the wrong one", supportUserId: hopper.userId },
  ]);
  expect((await historyOf(app, id)).at(-1)).toMatchObject({ history_change_reason: "changeEntitlementMode" });
});

test("a mode that is not sold is refused, unless any mode is accepted", async () => {
  const courseUuid = aCourse();
  await anEntitlement(app, { courseUuid, orderNumber });
  await expectRefusal(app, () => change(courseUuid, "honor"), "MODE_INVALID", { field: "mode" });
  expect(await change(courseUuid, "honor", { acceptAnyMode: true })).toMatchObject({ mode: "honor" });
});

test("changing to the present mode changes nothing", async () => {
  const courseUuid = aCourse();
  await anEntitlement(app, { courseUuid, orderNumber });
  const before = await checksumOf(app.db);
  expect(await change(courseUuid, "verified")).toMatchObject({ mode: "verified" });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("an order without an entitlement for this course is refused", () =>
  expectRefusal(app, () => change(aCourse(), "professional"), "ENTITLEMENT_NOT_FOUND", {
    field: "orderNumber",
  }));

test("a caller who has not seen the newest change is refused", async () => {
  const courseUuid = aCourse();
  const id = await anEntitlement(app, { courseUuid, orderNumber });
  const [seen] = await historyOf(app, id);
  const expected = { expectedHistoryEntryId: seen!.history_id };
  await change(courseUuid, "professional", expected);
  await expectRefusal(app, () => change(courseUuid, "verified", expected), "CONFLICT");
});
