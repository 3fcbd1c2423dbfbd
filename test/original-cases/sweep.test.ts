import { expireDueEntitlements } from "../../src/use-cases/entitlements/expire-due-entitlements";
import { historyOf, stored } from "../support/stored";
import { ago, anEntitlement, NOW, useApp } from "../support/world";

const app = useApp();
afterEach(() => app.db.query("delete from course_entitlement"));

const sweep = (isDryRun = false) => expireDueEntitlements(app, { source: "JOB", requestId: null, isDryRun });

test("T1: the sweep expires each due entitlement once", async () => {
  const ids = [
    await anEntitlement(app, { createdAt: ago(800) }),
    await anEntitlement(app, { createdAt: ago(900) }),
  ];
  expect(await sweep()).toMatchObject({ expired: 2 });
  expect(await sweep()).toMatchObject({ expired: 0 });
  for (const id of ids) expect(await historyOf(app, id)).toHaveLength(2);
});

test("T2: the sweep does not change entitlements that have expired before", async () => {
  const before = await anEntitlement(app, {
    createdAt: ago(900),
    expiredAt: ago(100),
    expiryCause: "SUPPORT",
  });
  const due = await anEntitlement(app, { createdAt: ago(900) });
  expect(await sweep()).toMatchObject({ expired: 1 });
  expect(await stored(app, before)).toMatchObject({ expiredAt: ago(100), expiryCause: "SUPPORT" });
  expect(await stored(app, due)).toMatchObject({ expiredAt: NOW, expiryCause: "LAPSED" });
});

test("T4: an entitlement is due a millisecond after its expiration period", async () => {
  const due = await anEntitlement(app, { createdAt: new Date(ago(730).getTime() - 1) });
  const lasting = await anEntitlement(app, { createdAt: ago(730) });
  await sweep();
  expect(await stored(app, due)).toMatchObject({ expiredAt: NOW });
  expect(await stored(app, lasting)).toMatchObject({ expiredAt: null });
});

test("C1: a dry run finds the due entitlement and does not expire it", async () => {
  const id = await anEntitlement(app, { createdAt: ago(800) });
  expect(await sweep(true)).toMatchObject({ due: { EXPIRATION_PERIOD_OVER: 1 }, expired: 0 });
  expect(await stored(app, id)).toMatchObject({ expiredAt: null });
  expect(await sweep()).toMatchObject({ due: { EXPIRATION_PERIOD_OVER: 1 }, expired: 1 });
});

test("C2: the sweep changes nothing when nothing is due", async () => {
  expect(await sweep()).toMatchObject({ expired: 0, next: null });
  await anEntitlement(app);
  expect(await sweep()).toMatchObject({ expired: 0, failed: [], next: null });
});
