import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { changeEntitlementMode } from "../../../src/use-cases/entitlements/change-entitlement-mode";
import { fulfillOrder } from "../../../src/use-cases/entitlements/fulfill-order";
import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { checksumOf } from "../../support/checksum";
import { enrollmentIn, expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import { untilSomebodyWaits } from "../../support/waiting";
import {
  aCertificate,
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  hopper,
  NOW,
  shop,
  useApp,
} from "../../support/world";

const app = useApp();

let orders = 0;
const anOrder = (given: Partial<Parameters<typeof fulfillOrder>[1]> = {}) => ({
  username: "ada",
  courseUuid: aCourse(),
  mode: "verified",
  orderNumber: `ORDER-${++orders}`,
  refundLocked: false,
  ...given,
});
const fulfill = (given: Parameters<typeof anOrder>[0] = {}) => fulfillOrder(by(shop, app), anOrder(given));

test("R6: the order of a shop creates an entitlement, and the answer shows what is stored", async () => {
  const order = anOrder({ refundLocked: true });
  const { entitlement, isNew } = await fulfillOrder(by(shop, app), order);
  const { username: _, ...wanted } = order;
  expect(isNew).toBe(true);
  expect(entitlement).toMatchObject({ ...wanted, username: "ada", createdAt: NOW, expiredAt: null });
  expect(await stored(app, entitlement.id)).toMatchObject({ ...wanted, userId: ada.userId });
  expect(await historyOf(app, entitlement.id)).toMatchObject([
    { history_type: "+", history_change_reason: "fulfillOrder", history_user_label: "shop" },
  ]);
  expect(await supportDetails(app, entitlement.id)).toEqual([]);
});

test("R7, 8.7.12: the same order again answers with the same entitlement and changes nothing", async () => {
  const order = anOrder();
  const { entitlement } = await fulfillOrder(by(shop, app), order);
  const before = await checksumOf(app.db);
  expect(await fulfillOrder(by(shop, app), order)).toMatchObject({
    entitlement: { id: entitlement.id },
    isNew: false,
  });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("one order may fulfill several courses", async () => {
  const orderNumber = "BUNDLE-1";
  expect(await fulfill({ orderNumber })).toMatchObject({ isNew: true });
  expect(await fulfill({ orderNumber })).toMatchObject({ isNew: true });
});

test("an order that belongs to another learner or another mode is refused", async () => {
  const order = anOrder();
  await fulfill(order);
  const used = [{ username: "bob" }, { mode: "professional" }];
  for (const other of used)
    await expectRefusal(app, () => fulfill({ ...order, ...other }), "ORDER_ALREADY_USED", {
      field: "orderNumber",
    });
});

describe("once staff has changed the mode of an entitlement", () => {
  const inMode = (entitlementId: string, mode: string) =>
    changeEntitlementMode(by(hopper, app), {
      entitlementId,
      mode,
      acceptAnyMode: true,
      comments: "As agreed.",
    });

  test("the same order again answers with it, in the mode that was ordered and in the mode of now", async () => {
    const order = anOrder();
    const { entitlement } = await fulfillOrder(by(shop, app), order);
    await inMode(entitlement.id, "professional");
    for (const mode of ["verified", "professional"])
      expect(await fulfill({ ...order, mode })).toMatchObject({
        entitlement: { id: entitlement.id, mode: "professional" },
        isNew: false,
      });
  });

  test("the order is refused in a mode in which it was not placed, and for a learner who did not place it", async () => {
    const [order, given] = [anOrder(), anOrder()];
    const { entitlement } = await fulfillOrder(by(shop, app), order);
    for (const mode of ["professional", "masters"]) await inMode(entitlement.id, mode);
    const refused = (other: Parameters<typeof fulfill>[0]) =>
      expectRefusal(app, () => fulfill(other), "ORDER_ALREADY_USED", { field: "orderNumber" });
    await refused({ ...order, mode: "professional" });
    await refused({ ...order, username: "bob" });
    const { entitlement: gift } = await fulfillOrder(by(shop, app), given);
    const transfer = { entitlementId: gift.id, username: "bob", comments: "A gift." };
    await transferEntitlement(by(hopper, app), transfer);
    await inMode(gift.id, "professional");
    await refused({ ...given, username: "bob" });
  });
});

test("several simultaneous requests for one order create one entitlement", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  await anEnrollment(app, run);
  const order = anOrder({ courseUuid });
  const answers = await Promise.all(Array.from({ length: 6 }, () => fulfillOrder(by(shop, app), order)));
  expect(new Set(answers.map(({ entitlement }) => entitlement.id)).size).toBe(1);
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await app.db.manager.countBy(CourseEntitlement, { courseUuid })).toBe(1);
  expect(await historyOf(app, answers[0]!.entitlement.id)).toHaveLength(2);
});

test("a learner who does not exist, or a mode that is not sold, is refused", async () => {
  await expectRefusal(app, () => fulfill({ username: "nobody" }), "USER_NOT_FOUND", { field: "username" });
  await expectRefusal(app, () => fulfill({ mode: "audit" }), "MODE_INVALID", { field: "mode" });
});

describe("a learner with a free enrollment in a run", () => {
  test("R19: is upgraded in the only such run, for which the entitlement is redeemed", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const enrollmentId = await anEnrollment(app, run);
    const { entitlement, upgradeableRuns } = await fulfill({ courseUuid });
    expect(entitlement).toMatchObject({
      redeemedAt: NOW,
      enrollment: { mode: "verified", courseRunKey: run },
    });
    expect(upgradeableRuns).toEqual([]);
    expect(await stored(app, entitlement.id)).toMatchObject({ enrollmentId, redeemedAt: NOW });
    expect(await enrollmentIn(app, run)).toMatchObject({
      id: enrollmentId,
      mode: "verified",
      isActive: true,
    });
  });

  test("R20: is upgraded in a self-paced run until the upgrade deadline of that run", async () => {
    const courseUuid = aCourse();
    const modes = [{ slug: "verified", expiresAt: ago(-1) }];
    const run = await aRun(app, courseUuid, { isSelfPaced: true, startsAt: ago(100), modes });
    await anEnrollment(app, run, { createdAt: ago(90) });
    const { entitlement } = await fulfill({ courseUuid });
    expect(entitlement.enrollment).toMatchObject({ courseRunKey: run, mode: "verified" });
  });

  test("keeps the order for another run, or for a refund, when a certificate would make the only such run final", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    await anEnrollment(app, run, { mode: "honor" });
    await aCertificate(app, run);
    const { entitlement, upgradeableRuns } = await fulfill({ courseUuid });
    expect([entitlement.enrollment, upgradeableRuns]).toEqual([null, []]);
    expect(await enrollmentIn(app, run)).toMatchObject({ mode: "honor", isActive: true });
    await enrollAndFulfill(by(ada, app), { entitlementId: entitlement.id, courseRunKey: run });
    expect(await enrollmentIn(app, run)).toMatchObject({ mode: "verified", isActive: true });
  });

  test("R21: is not upgraded after leaving the run", async () => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    await anEnrollment(app, run, { isActive: false });
    expect((await fulfill({ courseUuid })).entitlement.enrollment).toBeNull();
    expect(await enrollmentIn(app, run)).toMatchObject({ mode: "audit", isActive: false });
  });

  test("is not upgraded when there are several runs, and the answer lists them", async () => {
    const courseUuid = aCourse();
    const runs = [await aRun(app, courseUuid), await aRun(app, courseUuid)];
    for (const run of runs) await anEnrollment(app, run);
    const { entitlement, upgradeableRuns } = await fulfill({ courseUuid });
    expect(entitlement.enrollment).toBeNull();
    expect(upgradeableRuns.map(({ key }) => key).sort()).toEqual(runs.sort());
    for (const run of runs) expect(await enrollmentIn(app, run)).toMatchObject({ mode: "audit" });
  });

  test("is upgraded in the only run of several that can still be upgraded", async () => {
    const courseUuid = aCourse();
    const open = await aRun(app, courseUuid);
    const closed = await aRun(app, courseUuid, { modes: [{ expiresAt: ago(1) }] });
    for (const run of [open, closed]) await anEnrollment(app, run);
    expect((await fulfill({ courseUuid })).entitlement.enrollment).toMatchObject({ courseRunKey: open });
  });
});

test("an enrollment in the entitlement's mode that was bought by other means does not change", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid);
  await anEnrollment(app, run, { mode: "verified" });
  expect(await fulfill({ courseUuid })).toMatchObject({
    entitlement: { enrollment: null },
    upgradeableRuns: [],
  });
  expect(await enrollmentIn(app, run)).toMatchObject({ mode: "verified", isActive: true });
});

test("an enrollment that was bought by other means stays unchanged, and the order is fulfilled nevertheless", async () => {
  const [otherMode, otherEntitlement] = [aCourse(), aCourse()];
  const run = await aRun(app, otherMode, { modes: ["verified", "professional"] });
  await anEnrollment(app, run, { mode: "professional" });
  expect((await fulfill({ courseUuid: otherMode })).entitlement.enrollment).toBeNull();
  expect(await enrollmentIn(app, run)).toMatchObject({ mode: "professional" });
  const taken = await aRun(app, otherEntitlement);
  await anEntitlement(app, { courseUuid: otherEntitlement, run: taken });
  expect((await fulfill({ courseUuid: otherEntitlement })).entitlement.enrollment).toBeNull();
});

test("an order is fulfilled although the learner leaves the run at that moment", async () => {
  const courseUuid = aCourse();
  const run = await aRun(app, courseUuid, { enrollmentEndsAt: ago(1) });
  const enrollmentId = await anEnrollment(app, run);
  const fulfilling = await app.db.transaction(async (leaving) => {
    await leaving.query("select from course_run where key = $1 for update", [run]);
    const command = fulfill({ courseUuid });
    await untilSomebodyWaits(app);
    await leaving.query("update course_enrollment set is_active = false where id = $1", [enrollmentId]);
    return [command];
  });
  expect(await fulfilling[0]).toMatchObject({ isNew: true, entitlement: { enrollment: null } });
});
