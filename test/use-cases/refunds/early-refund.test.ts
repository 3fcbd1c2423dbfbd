import { composeRefunds } from "../../../src/compose/gateways";
import { loadConfig } from "../../../src/config";
import type { App } from "../../../src/app";
import { Refund } from "../../../src/entities/refund";
import { attemptsOf } from "../../../src/reads/refund-attempts";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { openFakeShop, type FakeShop, type ShopAct } from "../../support/fake-shop";
import { endPauses, everythingOf } from "../../support/refunds";
import { aCourse, ada, anEntitlement, aRun, by, NOW, useApp } from "../../support/world";

const ARRIVES_MS = 10 * 60_000;
const NO_LINE: ShopAct = { effect: "nothing", reply: 400, text: "Line item does not exist." };

const base = useApp();
let shop: FakeShop;
let app: App;
beforeAll(async () => {
  shop = await openFakeShop(false);
  const config = loadConfig({
    REFUND_SHOP: "coordinator",
    COORDINATOR_URL: shop.url,
    REFUND_DEADLINE_MS: "1000",
  });
  app = { ...base, config, refunds: composeRefunds(config, base.db, base.clock) };
});
afterAll(() => shop.close());

/** An entitlement of an order that was bought so long ago, and what is stored of it. */
async function bought(ageMs: number): Promise<{ id: string; before: string }> {
  const courseUuid = aCourse();
  const createdAt = new Date(NOW.getTime() - ageMs);
  const run = await aRun(app, courseUuid);
  const id = await anEntitlement(app, { courseUuid, run, createdAt, orderNumber: `EARLY-${courseUuid}` });
  return { id, before: await everythingOf(app, id) };
}
const ask = (id: string) => unenrollAndRefund(by(ada, app), { entitlementId: id, refund: "REQUEST" });
/** Lets the sweep ask the shop again, so long after now by the clock of decisions. */
async function sweepAfter(ms: number): Promise<void> {
  await endPauses(app);
  expect(await sweepRefunds({ ...app, clock: () => new Date(NOW.getTime() + ms) })).toBe(1);
}
const refundOf = (entitlementId: string) => app.db.manager.findOneByOrFail(Refund, { entitlementId });

test("an order that the shop does not know yet is asked for again, and refunded once the shop knows it", async () => {
  const { id, before } = await bought(ARRIVES_MS - 1);
  shop.script = () => NO_LINE;
  const { refund } = await ask(id);
  expect(refund).toMatchObject({ state: "REQUESTED", answer: "NOT_YET" });
  expect(refund!.nextAttemptAt).toBeInstanceOf(Date);
  expect(await everythingOf(app, id)).toBe(before);

  shop.script = () => ({ effect: "pay", reply: "honest" });
  await sweepAfter(1);
  expect(await refundOf(id)).toMatchObject({ state: "SUCCEEDED", attempt: 2 });
  expect(shop.paid.filter((each) => each === id)).toHaveLength(1);
  const [attempts] = await attemptsOf(app.db, [refund!.id]);
  expect(attempts!.map(({ answer, state }) => [answer, state])).toEqual([
    ["NOT_YET", "REQUESTED"],
    ["ACCEPTED", "SUCCEEDED"],
  ]);
});

test("an order that the shop does not know ten minutes after its entitlement was created is refused", async () => {
  const { id, before } = await bought(ARRIVES_MS);
  shop.script = () => NO_LINE;
  await expect(ask(id)).rejects.toMatchObject({ code: "REFUND_FAILED" });
  expect(await refundOf(id)).toMatchObject({ state: "FAILED", answer: "REFUSED", detail: "NO_LINE" });
  expect(await everythingOf(app, id)).toBe(before);
});

test("an order that the shop never comes to know is refused in the end, and no agent has to decide", async () => {
  const { id, before } = await bought(0);
  shop.script = () => NO_LINE;
  await ask(id);
  await sweepAfter(ARRIVES_MS - 1);
  expect(await refundOf(id)).toMatchObject({ state: "REQUESTED", attempt: 2, answer: "NOT_YET" });
  await sweepAfter(ARRIVES_MS);
  expect(await refundOf(id)).toMatchObject({ state: "FAILED", attempt: 3, detail: "NO_LINE" });
  expect(await everythingOf(app, id)).toBe(before);
});

test("what was asked for again and is then refused for another reason may have been refunded: an agent decides", async () => {
  const { id } = await bought(0);
  shop.script = () => NO_LINE;
  await ask(id);
  shop.script = () => ({ effect: "pay", reply: 500 });
  await sweepAfter(1);
  shop.script = () => ({ effect: "nothing", reply: 400 });
  await sweepAfter(2);
  expect(await refundOf(id)).toMatchObject({ state: "NEEDS_REVIEW", attempt: 3 });
});
