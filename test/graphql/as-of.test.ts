import { ask, auditor, grace, useDemoApp } from "../support/demo-app";
import { useOtherClient } from "../support/other-client";
import { statementsOf } from "../support/statements";

const app = useDemoApp();
const ID = "e0000000-0000-4000-8000-000000000001";

const other = useOtherClient(app);

async function now(): Promise<Date> {
  const [row] = await app.db.query<[{ now: Date }]>("select history_now() as now");
  return row.now;
}

interface Shown {
  entitlement: { asOf: { orderNumber: string; supportDetails: { totalCount: number } } | null };
}
/** The entitlement as of an instant, with a value of its row and of what belongs to it. */
async function shownAt(at: Date): Promise<string> {
  const question = `query ($id: ID!, $at: DateTime!) {
    entitlement(id: $id) { asOf(at: $at) { orderNumber supportDetails { totalCount } } } }`;
  const { data, errors } = await ask<Shown>(app, grace, question, { id: ID, at });
  expect(errors).toBeUndefined();
  const { orderNumber, supportDetails } = data!.entitlement.asOf!;
  return `${orderNumber} ${supportDetails.totalCount}`;
}

const rename = (name: string) =>
  other.query("update course_entitlement set order_number = $2 where id = $1", [ID, name]);
const comment = () =>
  other.query(
    `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
     values ($1, 'OTHER', 'x', now(), now())`,
    [ID],
  );

test("an answer as of an instant stays the same when a transaction that had changed the row before commits", async () => {
  await other.query("begin");
  await other.query("set constraints all immediate");
  await rename("LATE");
  const at = await now();
  const before = await shownAt(at);
  expect(before).not.toContain("LATE");
  await other.query("commit");
  expect(await shownAt(at)).toBe(before);
  expect(await shownAt(await now())).toContain("LATE");
  expect(await shownAt(at)).toBe(before);
});

test("at no instant only a part of a transaction is shown", async () => {
  const before = await shownAt(await now());
  await other.query("begin");
  await other.query("set constraints all immediate");
  await rename("WHOLE");
  await other.query("select pg_sleep(0.02)");
  await comment();
  await other.query("commit");
  const after = await shownAt(await now());
  const [dates] = await app.db.query<[{ first: Date; last: Date }]>(
    `select first_date - interval '3 ms' as first, at + interval '3 ms' as last
     from history_transaction order by first_position desc limit 1`,
  );
  const shown = new Set<string>();
  for (let at = dates.first.getTime(); at <= dates.last.getTime(); at++)
    shown.add(await shownAt(new Date(at)));
  expect([...shown]).toEqual([before, after]);
  expect(dates.last.getTime() - dates.first.getTime()).toBeGreaterThan(20);
});

test("the history of an entitlement as of an instant has the changes that count then", async () => {
  const question = `query ($id: ID!, $at: DateTime!) {
    entitlement(id: $id) { asOf(at: $at) { history(first: 100) { edges { node { id } } } } } }`;
  const idsAt = async (at: Date) => {
    const { data, errors } = await ask<{ entitlement: { asOf: unknown } }>(app, grace, question, {
      id: ID,
      at,
    });
    expect(errors).toBeUndefined();
    return JSON.stringify(data);
  };
  await other.query("begin");
  await other.query("set constraints all immediate");
  await rename("LISTED");
  const at = await now();
  const before = await idsAt(at);
  await other.query("commit");
  expect(await idsAt(await now())).not.toBe(before);
  expect(await idsAt(at)).toBe(before);
});

const asOfQuestion = `query ($at: DateTime!) { entitlement(id: "${ID}") { asOf(at: $at) { id } } }`;

test("an instant in the future is a fault of the argument", async () => {
  const at = new Date(Date.now() + 3_600_000);
  const [one, list] = [
    await ask(app, grace, asOfQuestion, { at }),
    await ask(app, grace, "query ($at: DateTime!) { entitlements(asOf: $at) { edges { node { id } } } }", {
      at,
    }),
  ];
  expect(one.errors![0]).toMatchObject({
    message: 'Argument "at" must not be in the future.',
    extensions: { code: "BAD_USER_INPUT", argument: "at" },
  });
  expect(list.errors![0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", argument: "asOf" } });
});

test("all objects that are asked for one instant wait for it once, and are refused together", async () => {
  const until = jest.spyOn(app.committer, "until");
  const question =
    "query ($at: DateTime!) { entitlements(first: 5) { edges { node { asOf(at: $at) { id } } } } }";
  const { errors } = await ask(app, grace, question, { at: new Date(Date.now() + 3_600_000) });
  expect(errors).toHaveLength(5);
  expect(until).toHaveBeenCalledTimes(1);
  until.mockRestore();
});

test("an instant that cannot be settled in time is refused with the latest one that can be asked for", async () => {
  await app.committer.settle(true);
  const [{ until }] = await app.db.query<[{ until: Date }]>(
    "select settled_until as until from history_clock",
  );
  await other.query("select pg_advisory_lock(1795334400)");
  const { errors } = await ask(app, grace, asOfQuestion, { at: new Date(until.getTime() + 1) });
  expect(errors![0]).toMatchObject({ extensions: { code: "NOT_SETTLED", settledUntil: until } });
  expect((await ask(app, grace, asOfQuestion, { at: until })).errors).toBeUndefined();
  await other.query("select pg_advisory_unlock(1795334400)");
});

test("a query as of a settled instant asks for no round, and sends one statement", async () => {
  const at = await now();
  await app.committer.until(at);
  const question = "query ($at: DateTime!) { entitlements(asOf: $at) { edges { node { id } } } }";
  expect(await statementsOf(() => ask(app, grace, question, { at }))).toHaveLength(1);
});

describe("a list of everybody as of an instant", () => {
  const list = (args: string, fields = "edges { node { id } }") =>
    `query ($at: DateTime!) { entitlements(asOf: $at${args}) { ${fields} } }`;
  const codeOf = async (question: string) => {
    const { errors } = await ask(app, auditor, question, { at: await now() });
    return errors?.[0]!.extensions["code"];
  };

  test("is in the order of creation, unless a filter narrows it", async () => {
    expect(await codeOf(list(", orderBy: { field: MODIFIED_AT }"))).toBe("BAD_USER_INPUT");
    expect(
      await codeOf(list(', orderBy: { field: MODIFIED_AT }, filter: { username: "ada" }')),
    ).toBeUndefined();
    expect(await codeOf(list(", orderBy: { field: CREATED_AT, direction: ASC }"))).toBeUndefined();
  });

  test("is counted only where a filter narrows it", async () => {
    expect(await codeOf(list("", "totalCount"))).toBe("BAD_USER_INPUT");
    expect(await codeOf(list(', filter: { mode: "verified" }', "totalCount"))).toBe("BAD_USER_INPUT");
    expect(await codeOf(list(', filter: { username: "ada" }', "totalCount"))).toBeUndefined();
  });
});
