import type { Actor } from "../../src/auth/actor";
import { wordsIn } from "../../src/reads/finding/courses";
import { actor, ada, ask, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { statementsOf } from "../support/statements";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
const shop = actor("shop", { isService: true });
const ENTITLEMENT = "e0000000-0000-4000-8000-000000000001";

interface Found {
  __typename: string;
  [field: string]: unknown;
}

const SEARCH = `query ($text: String!, $first: Int!) { search(text: $text, first: $first) { __typename
  ... on User { username } ... on CourseEntitlement { entitlement: id orderNumber } ... on Course { key }
  ... on CourseRun { run: key } } }`;

async function search(text: string, first = 20, asking = grace): Promise<Found[]> {
  const { data, errors } = await ask<{ search: Found[] }>(app, asking, SEARCH, { text, first });
  expect(errors).toBeUndefined();
  return data!.search;
}
const all = async (text: string, field: string) =>
  (await search(text, 50)).flatMap((found) => (found[field] === undefined ? [] : [found[field]]));

test.each([
  ["a username", "ada", "username", ["ada"]],
  ["a username in another case", "ADA", "username", ["ada"]],
  ["the beginning of usernames", "G", "username", ["gone_away", "grace"]],
  ["an underscore, which is no wildcard", "a_a", "username", []],
  ["a percent sign, which is no wildcard", "%", "username", []],
  ["an e-mail address in any case", "Grace@Demo.Example", "username", ["grace"]],
  ["the beginning of an e-mail address, which finds no account", "grace@", "username", []],
  ["an LMS user id", "4", "username", ["bob"]],
  ["an id that is too large", "99999999999999999999", "username", []],
  ["an order in another case", "edx-1001", "orderNumber", ["EDX-1001"]],
  ["the UUID of an entitlement, in any case", ENTITLEMENT.toUpperCase(), "entitlement", [ENTITLEMENT]],
  ["the UUID of a course", "c0000000-0000-4000-8000-000000000003", "key", ["DemoX+DEMO.03"]],
  ["the key of a run", "course-v1:DemoX+DEMO.03+open", "run", ["course-v1:DemoX+DEMO.03+open"]],
  ["words of a key in any order and case", "OPEN demo.03", "run", ["course-v1:DemoX+DEMO.03+open"]],
  [
    "quotes and operators, which are no syntax",
    `'demo.03' & | ! open:* \\`,
    "run",
    ["course-v1:DemoX+DEMO.03+open"],
  ],
  ["a text that occurs nowhere", "zzz nothing", "username", []],
])("a search finds by %s", async (_, text, field, expected) => {
  expect(await all(text, field)).toEqual(expected);
});

test("a search finds courses and runs by the beginnings of words of their titles", async () => {
  const [run] = await app.db.query<[{ title: string; key: string }]>(
    "select title, key from course_run where key like '%DEMO.05+open'",
  );
  const words = run.title
    .toUpperCase()
    .match(/[A-Z]{4,}/g)!
    .map((word) => word.slice(0, 4));
  expect(await all(words.join(" "), "run")).toContain(run.key);
  expect(await all(words.join(" "), "key")).toContain("DemoX+DEMO.05");
});

test("each type of object has its share of the results, and there are no more results than requested", async () => {
  const found = await search("demo", 6);
  expect(found).toHaveLength(6);
  expect(new Set(found.map(({ __typename }) => __typename))).toEqual(new Set(["Course", "CourseRun"]));
});

test("a search needs the same few statements for one item and for fifty", async () => {
  const counts: number[] = [];
  for (const first of [1, 50]) counts.push((await statementsOf(() => search("demo", first))).length);
  expect(counts).toEqual([5, 5]);
});

test("a text without words finds no courses and runs", () => {
  expect(wordsIn(" +:/- ")).toBeNull();
  expect(wordsIn("course-v1:A+B+c d")).toBe("'A':* & 'B':* & 'c':* & 'd':*");
});

test.each(["", "  ", "\0", "x".repeat(256)])("a search for %j is refused", async (text) => {
  const { errors } = await ask(app, grace, SEARCH, { text, first: 1 });
  expect(errors).toHaveLength(1);
});

test("pages of courses, followed by their cursors, give the whole catalog, and words narrow it", async () => {
  interface Page {
    courses: {
      edges: { node: { id: string; runs: { key: string }[] } }[];
      pageInfo: { endCursor: string | null };
    };
  }
  const list =
    "query ($after: String, $search: String, $first: Int!) { courses(after: $after, search: $search, first: $first) { edges { node { id runs { key } } } pageInfo { endCursor } } }";
  const page = async (first: number, after: string | null = null, search: string | null = null) =>
    (await ask<Page>(app, ada, list, { first, after, search })).data!.courses;
  const whole = (await page(100)).edges.map(({ node }) => node);
  const [row] = await app.db.query<[{ count: number }]>(
    "select count(distinct course_uuid)::int as count from course_run",
  );
  expect(whole).toHaveLength(row.count);
  const strung: unknown[] = [];
  for (let after: string | null = null; strung.length < whole.length;) {
    const { edges, pageInfo } = await page(7, after);
    strung.push(...edges.map(({ node }) => node));
    after = pageInfo.endCursor;
  }
  expect(strung).toEqual(whole);
  expect((await page(10, null, "DEMO.04")).edges.map(({ node }) => node.id)).toEqual([
    "c0000000-0000-4000-8000-000000000004",
  ]);
  expect((await page(10, null, "+")).edges).toEqual([]);
});

test("the forms of a support tool can read modes and sites", async () => {
  const { data } = await ask(
    app,
    grace,
    '{ courseModes { slug isSold } sites { domain } course(id: "00000000-0000-4000-8000-000000000000") { id } }',
  );
  expect(data).toEqual({
    course: null,
    courseModes: [
      { slug: "audit", isSold: false },
      { slug: "executive-education", isSold: true },
      { slug: "honor", isSold: false },
      { slug: "no-id-professional", isSold: true },
      { slug: "paid-bootcamp", isSold: true },
      { slug: "paid-executive-education", isSold: true },
      { slug: "professional", isSold: true },
      { slug: "verified", isSold: true },
    ],
    sites: [{ domain: "demo.example" }, { domain: "partner.demo.example" }],
  });
});

/** An id of each type that is a node, all of one entitlement of Ada's where they belong to one. */
async function anIdOfEach(): Promise<Record<string, string>> {
  const [note] = await app.db.query<[{ id: string }]>(
    `select d.id from course_entitlement_support_detail d join course_entitlement e on e.id = entitlement_id
     where e.user_id = 1 limit 1`,
  );
  const [refund] = await app.db.query<[{ id: string }]>(
    "select f.id from refund f join course_entitlement e on e.id = entitlement_id where e.user_id = 1 limit 1",
  );
  const entry = async (table: string, id: string) =>
    (
      await app.db.query<[{ id: string }]>(
        `select max(history_id)::text as id from historical_${table} where id = $1`,
        [id],
      )
    )[0].id;
  await ask(
    app,
    hopper,
    'mutation { grantSupport(input: { username: "full_shelf", comments: "A node." }) { userErrors { code } } }',
  );
  await ask(
    app,
    hopper,
    'mutation { createWebhook(input: { url: "https://shop.example", comments: "A node." }) { userErrors { code } } }',
  );
  const [webhook] = await app.db.query<[{ id: string }]>("select id from webhook");
  const [letter] = await app.db.query<[{ id: string }]>(
    `insert into webhook_delivery (webhook_id, history_id, entitlement_id, state, attempt, created_at, modified_at)
     values ($1, nextval('history_id_seq'), $2, 'DEAD', 1, now(), now()) returning id`,
    [webhook.id, ENTITLEMENT],
  );
  const [agent] = await app.db.query<[{ id: string }]>("select id from support_agent");
  const policy = "b0000000-0000-4000-8000-000000000001";
  return {
    CourseEntitlement: ENTITLEMENT,
    SupportDetail: note.id,
    Refund: refund.id,
    CourseEntitlementPolicy: policy,
    SupportAgent: agent.id,
    Webhook: webhook.id,
    DeadLetter: letter.id,
    Course: "c0000000-0000-4000-8000-000000000003",
    CourseRun: "course-v1:DemoX+DEMO.03+open",
    "HistoryEntry of an entitlement": await entry("course_entitlement", ENTITLEMENT),
    "HistoryEntry of a refund": await entry("refund", refund.id),
    "HistoryEntry of a support detail": await entry("course_entitlement_support_detail", note.id),
    "HistoryEntry of a policy": await entry("course_entitlement_policy", policy),
    "HistoryEntry of a support agent": await entry("support_agent", agent.id),
    "HistoryEntry of a webhook": await entry("webhook", webhook.id),
  };
}

const OPEN = ["CourseEntitlementPolicy", "Course", "CourseRun"];
const OWN = ["CourseEntitlement", "Refund", "HistoryEntry of an entitlement", "HistoryEntry of a refund"];
const SUPPORT = ["SupportDetail", "HistoryEntry of a support detail", "HistoryEntry of a policy"];
const STAFF = [
  "SupportAgent",
  "HistoryEntry of a support agent",
  "Webhook",
  "HistoryEntry of a webhook",
  "DeadLetter",
];

test.each<[string, Actor, string[]]>([
  ["the learner", ada, [...OPEN, ...OWN]],
  ["another learner", bob, OPEN],
  ["a service", shop, [...OPEN, ...OWN]],
  ["support", grace, [...OPEN, ...OWN, ...SUPPORT]],
  ["an auditor", auditor, [...OPEN, ...OWN, ...SUPPORT, ...STAFF]],
  ["staff", hopper, [...OPEN, ...OWN, ...SUPPORT, ...STAFF]],
])("an id gives %s the object if they may see it, and null otherwise", async (_, asking, expected) => {
  const ids = await anIdOfEach();
  const document = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
  const { data, errors } = await ask<{ nodes: (Found | null)[] }>(app, asking, document, {
    ids: Object.values(ids),
  });
  expect(errors).toBeUndefined();
  const seen = Object.entries(ids).filter(([, id], index) => {
    const node = data!.nodes[index];
    if (node) expect(node["id"]).toBe(id);
    return node !== null;
  });
  expect(seen.map(([name]) => name).toSorted()).toEqual([...expected].toSorted());
  for (const [name] of seen) {
    const node = data!.nodes[Object.keys(ids).indexOf(name)]!;
    expect(node.__typename).toBe(name.split(" ")[0]);
  }
});

test("a history entry that a learner reads by its id shows the same as in the list", async () => {
  const ids = await anIdOfEach();
  const entry = "id changedByLabel changes { field from to }";
  const { data } = await ask<{ node: Found; entitlement: { history: { edges: { node: Found }[] } } }>(
    app,
    ada,
    `query ($id: ID!, $of: ID!) { node(id: $id) { ... on HistoryEntry { ${entry} } }
      entitlement(id: $of) { history { edges { node { ${entry} } } } } }`,
    { id: ids["HistoryEntry of an entitlement"], of: ENTITLEMENT },
  );
  const listed = data!.entitlement.history.edges.map(({ node }) => node);
  expect(listed).toContainEqual(data!.node);
  expect((data!.node["changes"] as unknown[]).length).toBeGreaterThan(0);
});

test.each([
  "default",
  "DEFAULT",
  "x",
  "00000000-0000-4000-8000-000000000000",
  "999999999999999999",
  "no/such/run",
  "a+b",
])("the id %j means the default policy or no object", async (id) => {
  const { data, errors } = await ask(app, ada, "query ($id: ID!) { node(id: $id) { __typename id } }", {
    id,
  });
  expect(errors).toBeUndefined();
  const policy = { __typename: "CourseEntitlementPolicy", id: "default" };
  expect(data!["node"]).toEqual(id === "default" ? policy : null);
});

test("many ids need as many statements as one of each type, and the objects keep their order, also where an id occurs twice", async () => {
  const ids = Object.values(await anIdOfEach());
  const document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
  const counts: number[] = [];
  for (const asked of [ids, [...ids, ...ids].slice(0, 25)]) {
    const sent = await statementsOf(async () => {
      const { data } = await ask<{ nodes: Found[] }>(app, hopper, document, { ids: asked });
      expect(data!.nodes.map((node) => node["id"])).toEqual(asked);
    });
    counts.push(sent.length);
  }
  expect(counts[1]).toBe(counts[0]);
  const tooMany = await ask(app, hopper, document, { ids: Array.from({ length: 26 }, () => ENTITLEMENT) });
  expect(tooMany.errors).toHaveLength(1);
});
