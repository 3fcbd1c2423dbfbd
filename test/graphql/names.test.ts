import type { App } from "../../src/app";
import { Refund } from "../../src/entities/refund";
import { UserAccount } from "../../src/entities/accounts/user-account";
import { fulfillOrder, type FulfillOrder } from "../../src/use-cases/entitlements/fulfill-order";
import { leaveSession } from "../../src/use-cases/sessions/leave-session";
import { ask } from "../support/demo-app";
import { aCourse, anEntitlement, by, grace, hopper, put, shop, useApp } from "../support/world";

const app: App = useApp();

const account = (id: string, username: string, email = `${username}@demo.example`): UserAccount => ({
  id,
  username,
  email,
  name: null,
  isActive: true,
  seenAt: null,
  forgottenAt: null,
});
/** Nora is the only one of her name; of the name of Max there are two, of that of Kim two with one spelled so. */
beforeAll(() =>
  put(
    app,
    UserAccount,
    account("50", "Nora", "Nora@Demo.Example"),
    account("51", "MAX"),
    account("52", "Max", "max@two.example"),
    account("53", "kim", "kim@two.example"),
    account("54", "KIM"),
  ),
);

const MEANT: [name: string, id: string | null][] = [
  ["Nora", "50"],
  ["nora", "50"],
  ["NORA", "50"],
  ["nor", null],
  ["nora ", null],
  ["max", null],
  ["MAX", "51"],
  ["kim", "53"],
  ["KIM", "54"],
  ["Kim", null],
];

test.each(MEANT)(
  "the name %s means the account %s: the one spelled so, or else the only one in any case",
  async (name, id) => {
    const { data } = await ask(
      app,
      grace,
      `query ($name: String!) {
       user(username: $name) { id }
       entitlements(filter: { username: $name }) { totalCount }
       past: entitlements(filter: { username: $name }, asOf: "${new Date().toISOString()}") { totalCount }
       refunds(filter: { username: $name }) { edges { node { id } } }
     }`,
      { name },
    );
    expect(data!["user"]).toEqual(id && { id });

    const order = {
      courseUuid: aCourse(),
      mode: "verified",
      orderNumber: `ORDER-${name}-${String(id)}`,
      refundLocked: false,
    };
    const fulfilled = fulfillOrder(by(shop, app), { ...order, username: name });
    if (id === null)
      return expect(fulfilled).rejects.toMatchObject({
        code: "USER_NOT_FOUND",
        details: { field: "username" },
      });
    const { entitlement } = await fulfilled;
    expect(entitlement.userId).toBe(id);
    const count = async (query: string) => JSON.stringify((await ask(app, hopper, query, { name })).data);
    for (const argument of ["", `, asOf: "${new Date().toISOString()}"`])
      expect(
        await count(
          `query ($name: String!) { entitlements(filter: { username: $name }${argument}) { edges { node { id } } } }`,
        ),
      ).toContain(entitlement.id);
    expect(
      await count(
        `query ($name: String!) { history(filter: { usernames: [$name] }) { edges { node { entityId } } } }`,
      ),
    ).toContain(entitlement.id);
  },
);

test("refunds are found by the name of the learner in any case", async () => {
  const id = await anEntitlement(app, { userId: "50" });
  const refund = {
    entitlementId: id,
    orderNumber: "EDX-NORA",
    state: "FAILED",
    answer: "REFUSED",
    shopReferences: [],
    createdAt: app.clock(),
    modifiedAt: app.clock(),
  } as const;
  const [stored] = await put(app, Refund, { ...refund, shopReferences: [] });
  const { data } = await ask(
    app,
    grace,
    '{ refunds(filter: { username: "nORA" }) { edges { node { id } } } }',
  );
  expect(data).toEqual({ refunds: { edges: [{ node: { id: stored!.id } }] } });
});

test.each([
  ["nora@demo.example", "50"],
  ["NORA@DEMO.EXAMPLE", "50"],
  ["max@TWO.example", "52"],
  ["nobody@demo.example", null],
])("the e-mail address %s means the account %s in any case", async (email, id) => {
  const { data } = await ask(app, grace, "query ($email: String!) { userByEmail(email: $email) { id } }", {
    email,
  });
  expect(data).toEqual({ userByEmail: id && { id } });
});

test.each<[string, Pick<FulfillOrder, "username" | "userId">, string | null]>([
  ["the LMS user id alone", { userId: "50" }, null],
  ["both, in another case", { userId: "50", username: "nora" }, null],
  ["an id that no account has", { userId: "999" }, "userId"],
  [
    "the id of another than the name, who may have had it before",
    { userId: "51", username: "Nora" },
    "username",
  ],
  ["neither", {}, "userId"],
])("a shop names the learner of an order by %s", async (what, learner, field) => {
  const order = {
    courseUuid: aCourse(),
    mode: "verified",
    orderNumber: `BY-${what.slice(0, 20)}`,
    refundLocked: false,
  };
  const fulfilled = fulfillOrder(by(shop, app), { ...order, ...learner });
  if (field) await expect(fulfilled).rejects.toMatchObject({ code: "USER_NOT_FOUND", details: { field } });
  else expect((await fulfilled).entitlement.userId).toBe("50");
});

test("a service that acts for a learner may write the name in any case, and not another's", async () => {
  const entitlementId = await anEntitlement(app, { userId: "53" });
  const leave = (username: string) => leaveSession(by(shop, app), { entitlementId, username });
  await expect(leave("kim")).resolves.toMatchObject({ id: entitlementId });
  for (const other of ["KIM", "Kim", "nora"])
    await expect(leave(other)).rejects.toMatchObject({ code: "ENTITLEMENT_NOT_FOUND" });
});
