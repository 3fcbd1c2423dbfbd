import type { App } from "../../../src/app";
import { Refund } from "../../../src/entities/refund";
import type { RefundOutcome } from "../../../src/gateways/refund/refund-gateway";
import { refundEntitlements } from "../../../src/use-cases/bulk/refund-entitlements";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { recordUnenrollment } from "../../../src/use-cases/sessions/record-unenrollment";
import { endPauses, withShop } from "../../support/refunds";
import { stored } from "../../support/stored";
import { aCourse, anEntitlement, aRun, by, hopper, NOW, shop, useApp } from "../../support/world";

const ACCEPTED: RefundOutcome = { kind: "accepted", refs: ["RF-1"] };
const NOT_SENT: RefundOutcome = { kind: "notSent", cause: "ECONNREFUSED" };

const base = useApp();

const refundOf = (entitlementId: string) => base.db.manager.findOneByOrFail(Refund, { entitlementId });

async function sweepLater(app: App): Promise<number> {
  await endPauses(app);
  return sweepRefunds(app);
}

/** The commands that request a refund for whose outcome nobody waits. */
const QUEUEING: [name: string, queue: (app: App, entitlementId: string, run: string) => Promise<unknown>][] =
  [
    [
      "refundEntitlements",
      (app, entitlementId) => refundEntitlements(by(hopper, app), { entitlementIds: [entitlementId] }),
    ],
    [
      "recordUnenrollment",
      (app, _, courseRunKey) =>
        recordUnenrollment(by(shop, app), { username: "ada", courseRunKey, refund: "REFUND" }),
    ],
  ];

describe.each(QUEUEING)("a refund that %s has requested", (_name, queue) => {
  async function queued(app: App): Promise<string> {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid);
    const id = await anEntitlement(app, { courseUuid, run });
    await queue(app, id, run);
    return id;
  }

  test("is asked for again, as often as needed, while the shop cannot be reached", async () => {
    const { app } = withShop(base, (asked) => (asked <= 3 ? NOT_SENT : ACCEPTED), false);
    const id = await queued(app);
    for (const attempt of [1, 2, 3]) {
      expect(await sweepLater(app)).toBe(1);
      const refund = await refundOf(id);
      expect(refund).toMatchObject({ state: "REQUESTED", attempt, answer: "NOT_SENT" });
      expect(refund.nextAttemptAt).toBeInstanceOf(Date);
      expect(await stored(app, id)).toMatchObject({ expiredAt: null });
    }
    await sweepLater(app);
    expect(await refundOf(id)).toMatchObject({ state: "SUCCEEDED", attempt: 4 });
    expect(await stored(app, id)).toMatchObject({ expiryCause: "REFUNDED", enrollmentId: null });
  });

  test("is left to an agent when the shop could not be reached for 23 hours", async () => {
    const { app, asked } = withShop(base, () => NOT_SENT);
    const id = await queued(app);
    await sweepLater(app);
    await sweepLater({ ...app, clock: () => new Date(NOW.getTime() + 24 * 3_600_000) });
    expect(asked).toHaveLength(1);
    expect(await refundOf(id)).toMatchObject({ state: "NEEDS_REVIEW", nextAttemptAt: null });
  });

  test("has failed when the shop has refused the first request that reached it", async () => {
    const { app } = withShop(base, () => ({ kind: "refused", code: "TOO_LATE" }), false);
    const id = await queued(app);
    await sweepLater(app);
    expect(await refundOf(id)).toMatchObject({ state: "FAILED", attempt: 1, answer: "REFUSED" });
  });
});

test("of refunds that are requested together, those beyond the calls that the shop may get at once are made later", async () => {
  const ids = await Promise.all(Array.from({ length: 25 }, () => anEntitlement(base)));
  let answer: (outcome: RefundOutcome) => void;
  const answered = new Promise<RefundOutcome>((resolve) => (answer = resolve));
  const { app, asked } = withShop(base, () => answered);
  await refundEntitlements(by(hopper, app), { entitlementIds: ids });
  const sweeps = Promise.all([1, 2, 3].map(() => sweepRefunds(app)));
  while (asked.length < 16) await new Promise((resolve) => setTimeout(resolve, 5));
  answer!(ACCEPTED);
  await sweeps;
  while ((await sweepLater(app)) > 0);
  const states = await Promise.all(ids.map(async (id) => (await refundOf(id)).state));
  expect(new Set(states)).toEqual(new Set(["SUCCEEDED"]));
});
