import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { Refund } from "../../../src/entities/refund";
import { BULK_AT_MOST, inBulk } from "../../../src/use-cases/bulk/bulk";
import { changeEntitlementModes } from "../../../src/use-cases/bulk/change-entitlement-modes";
import { expireEntitlements } from "../../../src/use-cases/bulk/expire-entitlements";
import { fulfillOrders } from "../../../src/use-cases/bulk/fulfill-orders";
import { refundEntitlements } from "../../../src/use-cases/bulk/refund-entitlements";
import { renewEntitlements } from "../../../src/use-cases/bulk/renew-entitlements";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { withShop } from "../../support/refunds";
import { expectRefusal, historyOf, stored } from "../../support/stored";
import { aCourse, ago, anEntitlement, by, grace, hopper, NOW, shop, useApp } from "../../support/world";

const MISSING = "00000000-0000-4000-8000-000000000000";
const comments = "The course is cancelled";

const shopApp = withShop(useApp(), () => ({ kind: "accepted", refs: ["RF-1"] }));
const { app } = shopApp;

const outcomes = (results: readonly { outcome: string }[]) => results.map(({ outcome }) => outcome);

test("the same bulk command again changes only the objects that were not changed before", async () => {
  const [one, two] = [await anEntitlement(app), await anEntitlement(app)];
  const expire = (entitlementIds: string[]) =>
    expireEntitlements(by(grace, app), { entitlementIds, comments });
  expect(outcomes(await expire([one, MISSING]))).toEqual(["CHANGED", "REFUSED"]);
  expect(outcomes(await expire([one, two, two]))).toEqual(["UNCHANGED", "CHANGED", "UNCHANGED"]);
  expect(await historyOf(app, one)).toHaveLength(2);
  expect(await stored(app, two)).toMatchObject({ expiredAt: NOW, expiryCause: "SUPPORT" });
});

test("a bulk command renews entitlements, except those that are not about to expire", async () => {
  const [old, young] = [await anEntitlement(app, { createdAt: ago(725) }), await anEntitlement(app)];
  const renew = () => renewEntitlements(by(grace, app), { entitlementIds: [old, young], comments });
  expect(outcomes(await renew())).toEqual(["CHANGED", "UNCHANGED"]);
  expect(outcomes(await renew())).toEqual(["UNCHANGED", "UNCHANGED"]);
  expect(await stored(app, old)).toMatchObject({ renewedAt: NOW });
});

test("a bulk command changes the mode of many entitlements", async () => {
  const ids = [await anEntitlement(app), await anEntitlement(app, { mode: "professional" })];
  const change = { entitlementIds: ids, mode: "professional", acceptAnyMode: false, comments };
  expect(outcomes(await changeEntitlementModes(by(hopper, app), change))).toEqual(["CHANGED", "UNCHANGED"]);
});

test("a bulk command stores many refund requests at once, and the shop gets each of them once, in the background", async () => {
  const ids = [
    await anEntitlement(app),
    await anEntitlement(app),
    await anEntitlement(app, { orderNumber: null }),
  ];
  const refund = () => refundEntitlements(by(hopper, app), { entitlementIds: ids });
  expect(outcomes(await refund())).toEqual(["CHANGED", "CHANGED", "REFUSED"]);
  const refundOf = (entitlementId: string) => app.db.manager.findOneByOrFail(Refund, { entitlementId });
  expect(await refundOf(ids[0]!)).toMatchObject({ state: "REQUESTED", attempt: 0 });
  expect(outcomes(await refund())).toEqual(["UNCHANGED", "UNCHANGED", "REFUSED"]);
  await sweepRefunds(app);
  expect(await refundOf(ids[0]!)).toMatchObject({ state: "SUCCEEDED", attempt: 1, shopReferences: ["RF-1"] });
  expect(await stored(app, ids[1]!)).toMatchObject({ expiryCause: "REFUNDED" });
});

test("a bulk command fulfills all courses of an order, and a repetition creates no second entitlement", async () => {
  const orderNumber = `EDX-${randomUUID()}`;
  const order = { username: "ada", mode: "verified", orderNumber, refundLocked: false };
  const orders = [aCourse(), aCourse()].map((courseUuid) => ({ ...order, courseUuid }));
  const bundle = [...orders, { ...order, courseUuid: aCourse(), username: "nobody" }];
  const fulfill = () => fulfillOrders(by(shop, app), { orders: bundle });
  expect(outcomes(await fulfill())).toEqual(["CHANGED", "CHANGED", "REFUSED"]);
  expect(outcomes(await fulfill())).toEqual(["UNCHANGED", "UNCHANGED", "REFUSED"]);
});

test.each([
  ["ada", "ada"],
  ["ada", "ada", "ada", "ada"],
  ["ada", "ADA", "Ada"],
])(
  "an order that is more than once in a bundle is fulfilled once, and a dry run says so: for %s, %s",
  async (...usernames) => {
    const order = { mode: "verified", orderNumber: `TWICE-${randomUUID()}`, refundLocked: false };
    const courseUuid = aCourse();
    const orders = usernames.map((username) => ({ ...order, courseUuid, username }));
    const [, ...again] = usernames;
    for (const rehearsal of [{ entries: [] }, null])
      expect(outcomes(await fulfillOrders({ ...by(shop, app), rehearsal }, { orders }))).toEqual([
        "CHANGED",
        ...again.map(() => "UNCHANGED"),
      ]);
  },
);

test("an entitlement that is named several times is changed once, and a dry run says so", async () => {
  const id = await anEntitlement(app);
  const entitlementIds = [id, id.toUpperCase(), id, id];
  for (const rehearsal of [{ entries: [] }, null])
    expect(
      outcomes(await expireEntitlements({ ...by(grace, app), rehearsal }, { entitlementIds, comments })),
    ).toEqual(["CHANGED", "UNCHANGED", "UNCHANGED", "UNCHANGED"]);
});

test("a filter selects entitlements when the caller confirms their number, which a dry run returns", async () => {
  const courseUuid = aCourse();
  const ids = [
    await anEntitlement(app, { courseUuid, createdAt: ago(2) }),
    await anEntitlement(app, { courseUuid }),
  ];
  const filter = { courseUuids: [courseUuid] };
  const expire = (expectedCount: number | null, rehearsal: { entries: never[] } | null = null) =>
    expireEntitlements({ ...by(grace, app), rehearsal }, { filter, expectedCount, comments });
  expect(await expire(null, { entries: [] })).toMatchObject(ids.map((entitlementId) => ({ entitlementId })));
  await expectRefusal(app, () => expire(null), "COUNT_NOT_CONFIRMED", { field: "expectedCount" });
  await expectRefusal(app, () => expire(3), "COUNT_NOT_CONFIRMED", { field: "expectedCount" });
  expect(outcomes(await expire(2))).toEqual(["CHANGED", "CHANGED"]);
});

test("a repetition whose filter no longer finds what is done is told to ask for the number that is left, and goes on with it", async () => {
  const courseUuid = aCourse();
  const ids = [await anEntitlement(app, { courseUuid }), await anEntitlement(app, { courseUuid })];
  const filter = { courseUuids: [courseUuid], isExpired: false };
  const expire = (expectedCount: number | null, rehearsal: { entries: never[] } | null = null) =>
    expireEntitlements({ ...by(grace, app), rehearsal }, { filter, expectedCount, comments });
  await expireEntitlements(by(grace, app), { entitlementIds: [ids[0]!], comments }); // then it was interrupted
  await expect(expire(2)).rejects.toMatchObject({
    message: expect.stringContaining("make a dry run") as string,
  });
  const left = await expire(null, { entries: [] });
  expect(left).toMatchObject([{ entitlementId: ids[1] }]);
  expect(outcomes(await expire(left.length))).toEqual(["CHANGED"]);
});

test("a filter that finds too many entitlements for a bulk command is refused, whatever number is confirmed", async () => {
  const courseUuid = aCourse();
  await app.db.query(
    `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
     select gen_random_uuid(), 1, $1, 'verified', now(), now() from generate_series(1, ${BULK_AT_MOST + 1})`,
    [courseUuid],
  );
  const filter = { courseUuids: [courseUuid] };
  for (const expectedCount of [BULK_AT_MOST, BULK_AT_MOST + 1])
    for (const rehearsal of [null, { entries: [] }])
      await expectRefusal(
        app,
        () => expireEntitlements({ ...by(grace, app), rehearsal }, { filter, expectedCount, comments }),
        "COUNT_NOT_CONFIRMED",
        { field: "expectedCount" },
      );
});

test("while the database is away, a bulk command asks it no more, keeps what is done, and logs no fault of ours", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  const facts = (
    await expireEntitlements(by(grace, app), {
      entitlementIds: [await anEntitlement(app)],
      comments,
    })
  )[0]!.done!.facts;
  const refused = Object.assign(new Error("away"), { code: "ECONNREFUSED" });
  const locked = Object.assign(new Error("locked"), { code: "55P03" });
  const work = async (_: unknown, item: string) => {
    asked.push(item);
    if (item === "locked") throw locked;
    if (item === "away") throw refused;
    return { facts, isChanged: true };
  };
  const asked: string[] = [];
  const request = { ...by(grace, { ...app, log }), now: NOW, command: "test", rehearsal: null } as never;
  const items = ["one", "locked", "two", "away", "three", "one"];
  const results = await inBulk(request, items, work, { keyOf: (item) => item });
  expect(outcomes(results)).toEqual([
    "CHANGED",
    "FAILED",
    "CHANGED",
    "NOT_REACHED",
    "NOT_REACHED",
    "UNCHANGED",
  ]);
  expect(asked).toEqual(["one", "locked", "two", "away"]);
  expect(lines.map(({ level }) => level)).toEqual([40, 40]);
});

test("objects that are not reached in time are reported and unchanged", async () => {
  const ids = [await anEntitlement(app), await anEntitlement(app)];
  const start = Date.now();
  let asked = 0;
  const clock = jest.spyOn(Date, "now").mockImplementation(() => start + (asked++ < 2 ? 0 : 60_000));
  const results = await expireEntitlements(by(grace, app), { entitlementIds: ids, comments });
  clock.mockRestore();
  expect(outcomes(results)).toContain("NOT_REACHED");
  expect(await stored(app, ids[1]!)).toMatchObject({ expiredAt: null });
});
