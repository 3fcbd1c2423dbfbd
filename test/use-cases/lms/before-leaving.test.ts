import type { BulkItem } from "../../../src/use-cases/bulk/bulk";
import { refundEntitlements } from "../../../src/use-cases/bulk/refund-entitlements";
import { revokeEntitlements } from "../../../src/use-cases/bulk/revoke-entitlements";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { revokeEntitlement } from "../../../src/use-cases/entitlements/revoke-entitlement";
import { transferEntitlement } from "../../../src/use-cases/entitlements/transfer-entitlement";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { recordCertificate } from "../../../src/use-cases/lms/record-certificate";
import { enrollmentId } from "../../fake-edx/world/world";
import { actor, ada, grace } from "../../support/demo-app";
import { aCourse, anEntitlement, callsOf, inLms, shop, standing, useLms } from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms();
const hopper = actor("hopper", { isStaff: true });

/** A run that ada takes by an entitlement, which she could leave. */
async function aRedeemed() {
  const course = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: course.one });
  return { ...course, entitlementId };
}
type Redeemed = Awaited<ReturnType<typeof aRedeemed>>;

const DECISIONS: Record<string, (given: Redeemed) => Promise<unknown>> = {
  leaveSession: ({ entitlementId }) => leaveSession(requestOf(beside.app, ada), { entitlementId }),
  switchSession: ({ entitlementId, two }) =>
    switchSession(requestOf(beside.app, ada), { entitlementId, courseRunKey: two }),
  unenrollAndRefund: ({ entitlementId }) =>
    unenrollAndRefund(requestOf(beside.app, ada), { entitlementId, refund: "REQUEST" }),
  "unenrollAndRefund without a refund": ({ entitlementId }) =>
    unenrollAndRefund(requestOf(beside.app, ada), { entitlementId, refund: "SKIP" }),
  transferEntitlement: ({ entitlementId }) =>
    transferEntitlement(requestOf(beside.app, hopper), {
      entitlementId,
      username: "bob",
      comments: "A gift.",
    }),
};
const reissue = ({ entitlementId }: Redeemed) =>
  reissueEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "A wish." });

const earn = (run: string, isConfigured = true) => {
  beside.edx.others.certify("ada", run, "downloadable");
  beside.edx.world.certificates.get(enrollmentId("ada", run))!.isConfigured = isConfigured;
};
const seen = (run: string, minutesAgo: number) =>
  recordCertificate(beside.app, {
    userId: ada.userId!,
    courseRunKey: run,
    status: null,
    seenAt: new Date(beside.app.clock().getTime() - minutesAgo * 60_000),
  });
const away = () => beside.edx.faults.set({ system: "lms", path: "/certificates/", kind: "reset" });

describe.each(Object.keys(DECISIONS))("%s", (name) => {
  const decide = DECISIONS[name]!;

  test("is refused for a certificate that was earned a moment ago", async () => {
    const redeemed = await aRedeemed();
    earn(redeemed.one);
    await expect(decide(redeemed)).rejects.toMatchObject({ details: { blocker: "CERTIFICATE_EARNED" } });
  });

  test.each([
    ["does not answer", away],
    ["knows the certificate, but not its status", (run: string) => earn(run, false)],
  ])("changes nothing when the LMS %s and last told it more than 10 minutes ago", async (_, prevent) => {
    const redeemed = await aRedeemed();
    await seen(redeemed.one, 11);
    const {
      state,
      enrollmentId: held,
      expiredAt,
      userId,
      modifiedAt,
    } = await standing(beside, redeemed.entitlementId);
    prevent(redeemed.one);
    await expect(decide(redeemed)).rejects.toMatchObject({ code: "LMS_UNAVAILABLE" });
    expect(await standing(beside, redeemed.entitlementId)).toMatchObject({
      state,
      enrollmentId: held,
      expiredAt,
      userId,
      modifiedAt,
      pendingEnrollmentId: null,
    });
  });

  test("goes on when the LMS does not answer and has told it within 10 minutes", async () => {
    const redeemed = await aRedeemed();
    await seen(redeemed.one, 9);
    away();
    await decide(redeemed);
    expect(await standing(beside, redeemed.entitlementId)).not.toMatchObject({
      enrollment: { courseRunKey: redeemed.one, isActive: true },
    });
  });
});

/** The commands that spare a learner who has a certificate for the run, and how each tells so of one entitlement. */
const SPARING: Record<string, (entitlementId: string) => Promise<unknown>> = {
  revokeEntitlement: (entitlementId) =>
    revokeEntitlement(requestOf(beside.app, shop), { entitlementId, ...sparing }).catch(
      (refusal: unknown) => refusal,
    ),
  revokeEntitlements: async (id) =>
    refusalIn(await revokeEntitlements(requestOf(beside.app, shop), { entitlementIds: [id], ...sparing })),
  refundEntitlements: async (id) =>
    refusalIn(await refundEntitlements(requestOf(beside.app, hopper), { entitlementIds: [id] })),
};
const sparing = { reason: "The course was cancelled.", spareCompleted: true };
const refusalIn = ([item]: BulkItem[]) => item!.refusal;

describe.each(Object.keys(SPARING))("%s", (name) => {
  const spare = SPARING[name]!;

  test("leaves a learner in the run who has earned a certificate a moment ago", async () => {
    const { entitlementId, one } = await aRedeemed();
    earn(one);
    expect(await spare(entitlementId)).toMatchObject({ details: { blocker: "CERTIFICATE_EARNED" } });
    expect(inLms(beside, one)).toMatchObject({ isActive: true });
    expect(await standing(beside, entitlementId)).toMatchObject({ expiredAt: null, refundState: null });
  });

  test("changes nothing while it is not known whether there is a certificate", async () => {
    const { entitlementId, one } = await aRedeemed();
    await seen(one, 11);
    away();
    expect(await spare(entitlementId)).toMatchObject({ code: "LMS_UNAVAILABLE" });
    expect(await standing(beside, entitlementId)).toMatchObject({ expiredAt: null, refundState: null });
  });
});

test("a revocation that spares nobody asks for no certificate", async () => {
  const { entitlementId, one } = await aRedeemed();
  away();
  await revokeEntitlement(requestOf(beside.app, shop), { entitlementId, reason: "Refunded elsewhere." });
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});

test("a reissue locks refunds for a certificate that was earned a moment ago, and waits for its status", async () => {
  const [one, other] = [await aRedeemed(), await aRedeemed()];
  earn(one.one);
  expect(await reissue(one)).toMatchObject({ refundLocked: true });
  away();
  await expect(reissue(other)).rejects.toMatchObject({ code: "LMS_UNAVAILABLE" });
  const given = { entitlementId: other.entitlementId, comments: "A wish.", refundLocked: false };
  expect(await reissueEntitlement(requestOf(beside.app, grace), given)).toMatchObject({ enrollment: null });
});

test("no certificate is asked for where it decides nothing", async () => {
  const { courseUuid } = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, courseUuid);
  const leave = () => leaveSession(requestOf(beside.app, ada), { entitlementId });
  expect(await callsOf(beside, leave)).toEqual([]);
});
