import { embeddedLedger, refundViolations } from "../../src/proof/refund-invariants";
import { unenrollAndRefund } from "../../src/use-cases/refunds/unenroll-and-refund";
import { useDemoApp } from "../support/demo-app";
import { aSpentEntitlement, requestOf, withShop } from "../support/refunds";

const app = useDemoApp({ REFUND_DEADLINE_MS: "2000" });

async function broken(paid?: Map<string, number>): Promise<string[]> {
  const ledger = paid ?? (await embeddedLedger(app.db));
  const found = await refundViolations(app.db, { paid: ledger, settlesWithinMs: 60_000 });
  return found.map(({ invariant, entitlementId }) => `${invariant.split(" ")[0]} ${entitlementId}`).sort();
}

const refund = (id: string, at = app) =>
  unenrollAndRefund(requestOf(at), { entitlementId: id, refund: "REQUEST" });

test("refunds that succeeded, were refused or wait for an agent violate no invariant", async () => {
  await refund(await aSpentEntitlement(app));
  await refund(await aSpentEntitlement(app, "-DECLINED")).catch(() => undefined);
  await refund(await aSpentEntitlement(app, "-DUPLICATE"));
  expect(await broken()).toEqual([]);
});

/** Faults that bypass the product, and the invariant that each violates. */
const HARM: [string, string, string][] = [
  ["I2", "of a refund that nobody made", "delete from embedded_shop_refund where entitlement_id = $1"],
];

test.each(HARM)("the check reports a violation of %s: %s", async (invariant, _what, sql) => {
  const id = await aSpentEntitlement(app);
  await refund(id);
  await app.db.query(sql, [id]);
  expect(await broken()).toEqual([`${invariant} ${id}`]);
  await app.db.query("delete from course_entitlement where id = $1", [id]);
});

/** Changes the enrollment of an entitlement, also of one that is no longer redeemed for it. */
const changeSeat = (id: string, change: string) =>
  app.db.query(
    `update course_enrollment set ${change} where id = (select enrollment_id from historical_course_entitlement
     where id = $1 order by history_id limit 1)`,
    [id],
  );

test("the check reports a violation of I9: of an enrollment that a refund has left open", async () => {
  const id = await aSpentEntitlement(app);
  await app.db
    .query(`create function leave_open() returns trigger language plpgsql as 'begin return null; end';
    create trigger leave_open before update on course_enrollment for each row execute function leave_open()`);
  await refund(id);
  await app.db.query("drop trigger leave_open on course_enrollment; drop function leave_open");
  expect(await broken()).toEqual([`I9 ${id}`]);
  await changeSeat(id, "is_active = false");
  expect(await broken()).toEqual([]);
});

test("a learner who has bought the run elsewhere, after the refund or before it, breaks no promise", async () => {
  const [after, before] = [await aSpentEntitlement(app), await aSpentEntitlement(app)];
  await refund(after);
  await changeSeat(after, "is_active = true");
  await changeSeat(before, "is_active = false");
  await changeSeat(before, "is_active = true");
  await refund(before);
  expect(await broken()).toEqual([]);
});

test("I1 and I3 find an order that was refunded twice, and one that was refunded without an expiry", async () => {
  const [twice, kept] = [await aSpentEntitlement(app), await aSpentEntitlement(app)];
  await refund(twice);
  const ledger = await embeddedLedger(app.db);
  expect(await broken(new Map([...ledger, [twice, 2], [kept, 1]]))).toEqual(
    [`I1 ${twice}`, `I3 ${kept}`].sort(),
  );
});

test("I4 and I6 find a refund whose outcome is unknown for too long, and an entitlement that changed meanwhile", async () => {
  const id = await aSpentEntitlement(app);
  const { app: shop } = withShop(app, () => ({ kind: "unknown", cause: "" }));
  const anHourAgo = { ...shop, clock: () => new Date(Date.now() - 3_600_000) };
  await refund(id, {
    ...anHourAgo,
    config: { ...app.config, refund: { ...app.config.refund, deadlineMs: 100 } },
  });
  expect(await broken()).toEqual([`I4 ${id}`]);
  await app.db.query("update course_entitlement set mode = 'audit' where id = $1", [id]);
  expect(await broken()).toEqual([`I4 ${id}`, `I6 ${id}`]);
  await app.db.query("delete from course_entitlement where id = $1", [id]);
});

test("I7 finds a change without author, operation or request", async () => {
  const id = await aSpentEntitlement(app);
  const { app: shop } = withShop(app, () => ({ kind: "unknown", cause: "" }));
  await refund(id, { ...shop, config: { ...app.config, refund: { ...app.config.refund, deadlineMs: 100 } } });
  await app.db.query("update refund set detail = 'by hand' where entitlement_id = $1", [id]);
  expect(await broken()).toEqual([`I7 ${id}`]);
});

test("I10 finds a refund that had succeeded and is something else now", async () => {
  const id = await aSpentEntitlement(app);
  await refund(id);
  await app.db.query("alter table refund disable trigger refund_final");
  await app.db.query("update refund set state = 'FAILED' where entitlement_id = $1", [id]);
  await app.db.query("alter table refund enable trigger refund_final");
  const found = (await broken()).filter((violation) => violation.endsWith(id));
  expect(found).toEqual([`I10 ${id}`, `I3 ${id}`, `I7 ${id}`]);
});
