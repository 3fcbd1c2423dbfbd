import { UserAccount } from "../../../src/entities/accounts/user-account";
import type { LmsAccount } from "../../../src/gateways/open-edx/account-gateway";
import { eraseUser } from "../../../src/use-cases/accounts/erase-user";
import { recordAccounts } from "../../../src/use-cases/accounts/record-accounts";
import { setRefundLock } from "../../../src/use-cases/entitlements/set-refund-lock";
import { checksumOf } from "../../support/checksum";
import { ask } from "../../support/demo-app";
import { failStatement } from "../../support/fail-statement";
import { ada, ago, anEntitlement, by, grace, NOW, put, useApp } from "../../support/world";

const app = useApp();

let lastId = 100;
/** Stores an account with a username that no other has, seen yesterday; returns its id. */
async function known(username: string): Promise<string> {
  const id = String(++lastId);
  const email = `${username}@plume.example`;
  await put(app, UserAccount, { id, username, email, name: "A name", isActive: true, seenAt: ago(1) });
  return id;
}
const told = (...accounts: [id: string, username: string, isActive?: boolean][]): LmsAccount[] =>
  accounts.map(([id, username, isActive = true]) => ({ id, username, isActive }));
const record = (...accounts: Parameters<typeof told>) => recordAccounts(app, told(...accounts), NOW);
const usernames = async (...ids: string[]) => {
  const rows = await Promise.all(ids.map((id) => app.db.manager.findOneByOrFail(UserAccount, { id })));
  return rows.map(({ username }) => username);
};
const stored = (id: string) => app.db.manager.findOneByOrFail(UserAccount, { id });

test("an account that is new is stored with its id, its username and the instant, and nothing else", async () => {
  const id = String(++lastId);
  expect(await record([id, "newcomer"])).toEqual([]);
  expect(await stored(id)).toEqual({
    id,
    username: "newcomer",
    email: null,
    name: null,
    isActive: true,
    seenAt: NOW,
    forgottenAt: null,
  });
  const { data } = await ask(
    app,
    grace,
    '{ user(username: "newcomer") { id } userByEmail(email: "newcomer@plume.example") { id } }',
  );
  expect(data).toEqual({ user: { id }, userByEmail: null });
});

test("what is stored beside an account stays, and an account can be deactivated and activated again", async () => {
  const id = await known("sleeper");
  await record([id, "sleeper", false]);
  const kept = { email: "sleeper@plume.example", name: "A name", username: "sleeper", seenAt: NOW };
  expect(await stored(id)).toMatchObject({ ...kept, isActive: false });
  await record([id, "sleeper"]);
  expect(await stored(id)).toMatchObject({ ...kept, isActive: true });
});

test("a renamed learner keeps the entitlements, and a token with the old username still works by its id", async () => {
  const userId = await known("maiden");
  const id = await anEntitlement(app, { userId });
  await record([userId, "married"]);
  const before = { ...ada, userId, username: "maiden" };
  const query = "{ viewer { username entitlements { edges { node { id } } } } }";
  const { data } = await ask(app, before, query);
  expect(data).toMatchObject({ viewer: { entitlements: { edges: [{ node: { id } }] } } });
  const names = '{ old: user(username: "maiden") { id } now: user(username: "married") { id } }';
  expect((await ask(app, grace, names)).data).toEqual({ old: null, now: { id: userId } });
});

test("two accounts can swap their usernames, and three can pass them around", async () => {
  const [one, two, three] = [await known("one"), await known("two"), await known("three")];
  expect(await record([one, "two"], [two, "one"])).toEqual([]);
  expect(await usernames(one, two)).toEqual(["two", "one"]);
  expect(await record([one, "three"], [two, "two"], [three, "one"])).toEqual([]);
  expect(await usernames(one, two, three)).toEqual(["three", "two", "one"]);
});

test("an account whose username has moved to another has none until the LMS tells it, and counts as not seen", async () => {
  const [holder, heir] = [await known("crown"), await known("heir")];
  expect(await record([heir, "crown"])).toEqual([holder]);
  expect(await usernames(heir, holder)).toEqual(["crown", `?${holder}`]);
  expect(await stored(holder)).toMatchObject({ seenAt: null, isActive: true });
  expect(await record([holder, "abdicated"])).toEqual([]);
  expect(await stored(holder)).toMatchObject({ username: "abdicated", seenAt: NOW });
});

test("a username in another case is the same to the LMS: its spelling changes, or it moves", async () => {
  const [id, other] = [await known("camel"), await known("horse")];
  expect(await record([id, "Camel"])).toEqual([]);
  expect(await usernames(id)).toEqual(["Camel"]);
  expect(await record([other, "CAMEL"])).toEqual([id]);
  expect(await usernames(id, other)).toEqual([`?${id}`, "CAMEL"]);
});

test("usernames that differ in case alone stay apart when the LMS tells both at once", async () => {
  const [small, great] = [await known("bear"), await known("wolf")];
  expect(await record([small, "bear"], [great, "Bear"])).toEqual([]);
  expect(await usernames(small, great)).toEqual(["bear", "Bear"]);
});

test("an account that was forgotten keeps its new name and stays inactive, whatever the LMS tells", async () => {
  const [id, other] = [await known("forgettable"), await known("namesake")];
  await eraseUser(app.db, { userId: id, comments: "Request 4712" }, NOW);
  expect(await record([id, "forgettable"])).toEqual([]);
  const forgotten = { username: `retired__user_${id}`, isActive: false, email: null, name: null };
  expect(await stored(id)).toMatchObject({ ...forgotten, seenAt: NOW });
  expect(await record([id, "namesake"])).toEqual([]); // nobody loses a name to it
  expect(await usernames(id, other)).toEqual([forgotten.username, "namesake"]);
});

test("an account that only history knew when it was forgotten comes without its name", async () => {
  const id = String(++lastId);
  const agent = by({ ...grace, userId: id, username: "leaver" }, app);
  const entitlementId = await anEntitlement(app, { userId: await known("owner") });
  await setRefundLock(agent, { entitlementId, isLocked: true, comments: "Asked by phone" });
  expect(await eraseUser(app.db, { userId: id, comments: "Request 4713" }, NOW)).toBeGreaterThan(0);
  await record([id, "leaver"]);
  expect(await stored(id)).toMatchObject({ username: `retired__user_${id}`, isActive: false });
});

test("of what is told twice, the last counts", async () => {
  const [id, other] = [await known("early"), await known("late")];
  expect(await record([id, "middle"], [id, "evening"], [other, "evening"])).toEqual([]);
  expect(await usernames(id, other)).toEqual(["early", "evening"]);
});

test("when any statement fails, no account has changed", async () => {
  const [holder, heir] = [await known("throne"), await known("pretender")];
  const before = await checksumOf(app.db);
  let faults = 0;
  const swap = () => record([heir, "throne"]).catch(() => null);
  while (await failStatement(faults + 1, swap)) {
    faults++;
    expect(await checksumOf(app.db)).toEqual(before);
  }
  expect(faults).toBeGreaterThan(2);
  expect(await usernames(heir, holder)).toEqual(["throne", `?${holder}`]);
});

test("nothing is stored of an empty answer", async () => {
  expect(await record()).toEqual([]);
});

test("swaps that are told at the same time end with one of them, and with no username lost", async () => {
  const [one, two] = [await known("left"), await known("right")];
  const swaps = Array.from({ length: 8 }, (_, turn) =>
    turn % 2 ? record([one, "right"], [two, "left"]) : record([two, "right"], [one, "left"]),
  );
  expect((await Promise.all(swaps)).flat()).toEqual([]);
  expect((await usernames(one, two)).toSorted()).toEqual(["left", "right"]);
});
