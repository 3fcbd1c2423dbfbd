import { grantEntitlement } from "../../../src/use-cases/entitlements/grant-entitlement";
import { expectRefusal, historyOf, stored, supportDetails } from "../../support/stored";
import {
  aCourse,
  aPolicy,
  aRun,
  ada,
  anEnrollment,
  by,
  grace,
  NOW,
  removePolicies,
  shop,
  useApp,
} from "../../support/world";

const app = useApp();

const gift = (given: { username?: string; courseUuid?: string; mode?: string } = {}) => ({
  username: "ada",
  courseUuid: aCourse(),
  mode: "verified",
  comments: "Goodwill",
  ...given,
});
const grant = (given: Parameters<typeof gift>[0] = {}) => grantEntitlement(by(grace, app), gift(given));

test("R18: support grants an entitlement without an order, and a support detail records the comments", async () => {
  const courseUuid = aCourse();
  const { id } = await grant({ courseUuid });
  expect(await stored(app, id)).toMatchObject({
    userId: ada.userId,
    courseUuid,
    mode: "verified",
    orderNumber: null,
    refundLocked: true,
    expiredAt: null,
    enrollmentId: null,
    createdAt: NOW,
  });
  expect(await supportDetails(app, id)).toMatchObject([
    { action: "CREATE", comments: "Goodwill", supportUserId: grace.userId, unenrolledRunKey: null },
  ]);
  expect(await historyOf(app, id)).toMatchObject([
    { history_type: "+", history_change_reason: "grantEntitlement", history_user_label: "grace" },
  ]);
});

test("R8: without an order, a learner can get any number of entitlements for one course", async () => {
  const courseUuid = aCourse();
  const [first, second] = [await grant({ courseUuid }), await grant({ courseUuid })];
  expect(first.id).not.toBe(second.id);
});

test("a granted entitlement upgrades no enrollment, although an order would", async () => {
  const courseUuid = aCourse();
  await anEnrollment(app, await aRun(app, courseUuid));
  expect(await grant({ courseUuid })).toMatchObject({ enrollment: null });
});

test("a learner who does not exist is refused", () =>
  expectRefusal(app, () => grant({ username: "nobody" }), "USER_NOT_FOUND", { field: "username" }));

test("a mode that is not sold is refused, and a mode in which a run is sold is accepted", async () => {
  await expectRefusal(app, () => grant({ mode: "audit" }), "MODE_INVALID", { field: "mode" });
  await expectRefusal(app, () => grant({ mode: "masters" }), "MODE_INVALID", { field: "mode" });
  await aRun(app, aCourse(), { modes: [{ slug: "masters", minPrice: 900 }] });
  expect(await grant({ mode: "masters" })).toMatchObject({ mode: "masters" });
});

test("an agent without an account is named in the history nevertheless", async () => {
  const stranger = { ...shop, isSupport: true, userId: "987654", username: "elsewhere" };
  const { id } = await grantEntitlement(by(stranger, app), gift());
  expect(await supportDetails(app, id)).toMatchObject([{ supportUserId: null }]);
  expect(await historyOf(app, id)).toMatchObject([{ history_user_label: "elsewhere" }]);
});

describe("the policy of a new entitlement", () => {
  const policyOf = async (mode: string) => (await grant({ mode })).policy?.id ?? null;
  afterEach(() => removePolicies(app));

  test("R9: is null where no policy exists, and then the default periods apply", async () => {
    expect(await policyOf("verified")).toBeNull();
  });

  test("R10: is null where the only policy is for another mode", async () => {
    await aPolicy(app, { mode: "professional" });
    expect(await policyOf("verified")).toBeNull();
  });

  test("R11: is the policy for its mode at any site", async () => {
    const policy = await aPolicy(app, { mode: "professional" });
    expect(await policyOf("professional")).toBe(policy);
  });

  test("R12: is the policy for this site and any mode", async () => {
    const policy = await aPolicy(app, { siteId: "1" });
    await aPolicy(app, { siteId: "2" });
    expect(await policyOf("verified")).toBe(policy);
  });

  test("R13: is the policy for the site rather than the policy for the mode", async () => {
    const policy = await aPolicy(app, { siteId: "1" });
    await aPolicy(app, { mode: "verified" });
    expect(await policyOf("verified")).toBe(policy);
  });

  test("R14: is the policy for the site and the mode rather than any other", async () => {
    const policy = await aPolicy(app, { siteId: "1", mode: "professional" });
    await aPolicy(app, { mode: "professional" });
    await aPolicy(app, { siteId: "1" });
    expect(await policyOf("professional")).toBe(policy);
  });

  test("R15: is the professional policy for both professional modes", async () => {
    const policy = await aPolicy(app, { mode: "professional" });
    expect(await policyOf("no-id-professional")).toBe(policy);
  });

  test("leaves time to redeem it, or the grant is refused", async () => {
    await aPolicy(app, { expirationMs: 0 });
    const details = { field: "mode", blocker: "EXPIRATION_PERIOD_OVER" };
    await expectRefusal(app, () => grant(), "ENTITLEMENT_NOT_REDEEMABLE", details);
  });

  test("is never a retired policy", async () => {
    await aPolicy(app, { siteId: "1", mode: "verified", retiredAt: NOW });
    const policy = await aPolicy(app);
    expect(await policyOf("verified")).toBe(policy);
  });
});
