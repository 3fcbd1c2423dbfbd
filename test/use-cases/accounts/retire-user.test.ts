import { dataSourceOptions } from "../../../ormconfig";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { UserAccount } from "../../../src/entities/accounts/user-account";
import { transact } from "../../../src/store/transact";
import { retireUser } from "../../../src/use-cases/accounts/retire-user";
import { appOn } from "../../support/app";
import { openTestDatabase } from "../../support/database";
import { expectRefusal } from "../../support/stored";
import { anEntitlement, by, put, shop, useApp } from "../../support/world";

const app = useApp();
const LEAVER = {
  userId: "903",
  userLabel: "leaver",
  reason: "test",
  source: "API",
  requestId: null,
} as const;
const retire = (userId: string, retiredUsername: string) =>
  retireUser(by(shop, app), { userId, retiredUsername });

let entitlementId: string;
beforeAll(async () => {
  await put(app, UserAccount, { id: "903", username: "leaver", name: "Lea Ver", email: "lea@example.org" });
  entitlementId = await anEntitlement(app, { userId: "903" });
  await transact(app.db, LEAVER, (tx) =>
    tx.save(CourseEntitlement, { id: entitlementId, refundLocked: true }),
  );
});

test("an account that nobody knows, and a username of another account, are refused", async () => {
  await expectRefusal(app, () => retire("999", "retired__user_999"), "USER_NOT_FOUND", { field: "userId" });
  await expectRefusal(app, () => retire("903", "ada"), "CONFLICT", { field: "retiredUsername" });
});

test("a retired account is forgotten, and its entitlement and its past stay", async () => {
  const user = { id: "903", username: "retired__user_1a2b" };
  expect(await retire("903", user.username)).toEqual({ user, entries: 1 });
  expect(await app.db.manager.findOneBy(UserAccount, { id: "903" })).toMatchObject({
    ...user,
    name: null,
    email: null,
    isActive: false,
    forgottenAt: expect.any(Date) as Date,
  });
  const entries = await app.db.query<{ label: string; locked: boolean }[]>(
    `select history_user_label as label, refund_locked as locked from historical_course_entitlement
     where id = $1 order by history_id`,
    [entitlementId],
  );
  expect(entries).toEqual([
    { label: "system", locked: false },
    { label: "erased", locked: true },
  ]);
});

test("to retire it again changes nothing", async () => {
  expect(await retire("903", "retired__user_1a2b")).toMatchObject({ entries: 0 });
  const [row] = await app.db.query<[{ erasures: number }]>(
    "select count(*)::int as erasures from historical_history_erasure",
  );
  expect(row.erasures).toBe(1);
});

test("an account with more entries than a request has time for is forgotten nevertheless", async () => {
  const { db: slow, close } = await openTestDatabase((url) => dataSourceOptions(url, 1));
  const own = appOn(slow);
  await put(own, UserAccount, { id: "903", username: "leaver" });
  const id = await anEntitlement(own, { userId: "903" });
  await transact(slow, LEAVER, (tx) => tx.save(CourseEntitlement, { id, refundLocked: true }));
  await slow.query(
    `create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1.5); return null; end $$;
     create trigger be_slow before insert on history_erased for each statement execute function be_slow()`,
  );
  await slow.query("set statement_timeout = '1s'");
  const retired = retireUser(by(shop, own), { userId: "903", retiredUsername: "retired__user_1a2b" });
  expect(await retired).toMatchObject({ entries: 1 });
  await close();
});
