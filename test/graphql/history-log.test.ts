import { actor, ask, auditor, useDemoApp } from "../support/demo-app";
import { useOtherClient } from "../support/other-client";
import { statementsOf } from "../support/statements";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
const ID = "e0000000-0000-4000-8000-000000000001";

const other = useOtherClient(app);

interface Node {
  id: string;
  entityId: string;
  entityType: string;
  changedAt: string;
  position: number;
  settledAt: string;
}
interface Log {
  historyLog: {
    size: number;
    settledUntil: string;
    entries: {
      next: number;
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
      edges: { node: Node }[];
    };
  };
}
const PAGE = `query ($after: Int64! = -1, $first: Int! = 20, $filter: HistoryFilter) { historyLog { size settledUntil
  entries(after: $after, first: $first, filter: $filter) {
    next pageInfo { hasNextPage endCursor } edges { node { id entityId entityType changedAt position settledAt } } } } }`;

async function page(variables: object = {}): Promise<Log["historyLog"]> {
  const { data, errors } = await ask<Log>(app, hopper, PAGE, { ...variables });
  expect(errors).toBeUndefined();
  return data!.historyLog;
}

/** All that matches after a position, page by page. */
async function follow(
  after: number,
  first: number,
  filter?: object,
): Promise<{ nodes: Node[]; next: number }> {
  const nodes: Node[] = [];
  for (let next = after; ;) {
    const { entries } = await page({ after: next, first, filter });
    nodes.push(...entries.edges.map(({ node }) => node));
    next = entries.next;
    if (!entries.pageInfo.hasNextPage) return { nodes, next };
  }
}

const count = async () => {
  const [row] = await app.db.query<[{ count: number }]>(
    `select sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I', relname), false, true, '')))[1]::text::int)::int
       as count from pg_class where relname like 'historical\\_%' and relkind = 'r'`,
  );
  return row.count;
};
const change = (db: { query: (sql: string) => Promise<unknown> } = app.db) =>
  db.query(`update course_entitlement set refund_locked = not refund_locked where id = '${ID}'`);

test("pages of any size, from the beginning on, hold each change once, at positions without gaps", async () => {
  const all = await count();
  for (const first of [13, 100]) {
    const { nodes, next } = await follow(-1, first);
    expect(nodes.map(({ position }) => position)).toEqual(Array.from({ length: all }, (_, place) => place));
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(all);
    expect(next).toBe(all - 1);
  }
});

test("a follower misses no change of a transaction that began before others and commits after them", async () => {
  const { size } = await page({ first: 1 });
  await other.query("begin");
  await other.query("set constraints all immediate");
  await other.query(
    `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
     values ('${ID}', 'OTHER', 'x', now(), now())`,
  );
  await change();
  const first = await follow(size - 1, 100);
  expect(first.nodes.map(({ entityType }) => entityType)).toEqual(["COURSE_ENTITLEMENT"]);
  await other.query("commit");
  const second = await follow(first.next, 100);
  expect(second.nodes.map(({ entityType }) => entityType)).toEqual(["SUPPORT_DETAIL"]);
  expect(BigInt(second.nodes[0]!.id)).toBeLessThan(BigInt(first.nodes[0]!.id));
  expect(second.nodes[0]!.settledAt > first.nodes[0]!.settledAt).toBe(true);
});

test("a follower gets every change once while many write", async () => {
  let { next } = await follow(-1, 100);
  const before = await count();
  const written = new AbortController();
  const writers = Array.from({ length: 4 }, async () => {
    for (let times = 0; times < 15; times++) await change();
  });
  const writing = Promise.all(writers).finally(() => written.abort());
  const ids: string[] = [];
  while (!written.signal.aborted) {
    const read = await follow(next, 3);
    ids.push(...read.nodes.map(({ id }) => id));
    next = read.next;
  }
  await writing;
  const last = await follow(next, 3);
  ids.push(...last.nodes.map(({ id }) => id));
  expect(ids).toHaveLength((await count()) - before);
  expect(new Set(ids).size).toBe(ids.length);
});

test("changes of one transaction have one instant, and are parted by pages in their order", async () => {
  const { next } = await follow(-1, 100);
  await app.db.query("update course_entitlement set refund_locked = not refund_locked");
  const { nodes } = await follow(next, 7);
  expect(nodes.length).toBeGreaterThan(30);
  expect(new Set(nodes.map(({ settledAt }) => settledAt)).size).toBe(1);
  const ids = nodes.map(({ id }) => Number(id));
  expect(ids).toEqual(ids.toSorted((one, two) => one - two));
});

test.each([
  ["that an index finds", { entitlementIds: [ID] }],
  ["of a learner", { usernames: ["ada"] }],
  ["that no index finds", { types: ["DELETED", "CREATED"] }],
  ["of a type", { entityTypes: ["SUPPORT_DETAIL"] }],
])("a filter %s gives the changes of the whole log that match, at their positions", async (_, filter) => {
  const { data } = await ask<{ history: { edges: { node: { id: string } }[] } }>(
    app,
    hopper,
    "query ($filter: HistoryFilter) { history(filter: $filter, first: 100) { edges { node { id } } } }",
    { filter },
  );
  const matching = new Set(data!.history.edges.map(({ node }) => node.id));
  const whole = await follow(-1, 100);
  const last100 = (nodes: Node[]) => nodes.filter(({ id }) => matching.has(id));
  for (const first of [20, 100]) {
    const { nodes, next } = await follow(-1, first, filter);
    expect(last100(nodes)).toEqual(last100(whole.nodes));
    expect(last100(nodes).length).toBe(matching.size);
    expect(next).toBe(whole.next);
  }
});

test("history shows changes that are not settled first, without a position, and then with the one of the log", async () => {
  await change();
  const question = "{ history(first: 1) { edges { node { id position settledAt } } } }";
  const newest = async () => {
    const { data } = await ask<{ history: { edges: { node: unknown }[] } }>(app, hopper, question);
    return data!.history.edges[0]!.node;
  };
  expect(await newest()).toMatchObject({ position: null, settledAt: null });
  const { size } = await page({ first: 1 });
  const { entries } = await page({ after: size - 2 });
  const { id, position, settledAt } = entries.edges[0]!.node;
  expect(await newest()).toEqual({ id, position, settledAt });
  expect(position).toBe(size - 1);
});

test("a page of 100 needs as many statements as a page of 1", async () => {
  /** What is read of the log; whether the committer has anything to do depends on who else uses the cluster. */
  const readBy = async (first: number) => {
    const sent = await statementsOf(() => page({ first }));
    return sent.filter(({ text }) => /^\s*(with placed|with asked|select coalesce\()/.test(text));
  };
  const [one, all] = [await readBy(1), await readBy(100)];
  expect(one.length).toBeGreaterThan(1);
  expect(all.length).toBe(one.length);
});

test("the arguments of the log are checked, and auditors may read it too", async () => {
  expect((await ask(app, auditor, "{ historyLog { size } }")).errors).toBeUndefined();
  for (const variables of [{ after: -2 }, { first: 0 }, { first: 101 }, { after: 1e300 }, { after: "1" }])
    expect((await ask(app, hopper, PAGE, variables)).errors).toBeDefined();
  expect((await page({ after: 1_000_000_000 })).entries).toMatchObject({ edges: [], next: 1_000_000_000 });
});
