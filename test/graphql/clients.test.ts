import { readFileSync } from "node:fs";
import type { ExecutionResult } from "graphql";
import { ada, ask, bob, grace, useDemoApp } from "../support/demo-app";

const dashboard = readFileSync("test/clients/learner-dashboard.graphql", "utf8");
const support = readFileSync("test/clients/support-table.graphql", "utf8");

const app = useDemoApp();

interface Card {
  id: string;
  state: string;
  mode: string;
  courseUuid: string;
  orderNumber: string;
  runSummary: { title: string | null };
  sessions: { isAvailable: boolean; blocker: string | null; isCurrent: boolean }[];
}
interface CardPage {
  edges: { node: Card }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}
interface Dashboard {
  viewer: { username: string; entitlements: CardPage };
}

async function cardsOf(first = 100): Promise<Card[]> {
  const { data, errors } = await ask<Dashboard>(app, ada, dashboard, { first });
  expect(errors).toBeUndefined();
  return data!.viewer.entitlements.edges.map(({ node }) => node);
}

test("the dashboard shows a learner every active entitlement, without an error", async () => {
  const cards = await cardsOf();
  expect(new Set(cards.map(({ state }) => state))).toEqual(
    new Set(["AVAILABLE", "FULFILLED_CHANGEABLE", "FULFILLED"]),
  );
});

test("the run summary of a card is never null, even where no run is known", async () => {
  for (const { runSummary } of await cardsOf()) expect(runSummary).not.toBeNull();
});

test("each session says whether it can be chosen, and why not", async () => {
  const sessions = (await cardsOf()).flatMap((card) => card.sessions);
  for (const { isAvailable, blocker } of sessions) expect(isAvailable).toBe(blocker === null);
  expect(new Set(sessions.map(({ blocker }) => blocker)).size).toBeGreaterThan(5);
});

test("pages of one item, followed by their cursors, give the whole list", async () => {
  const whole = (await cardsOf()).map(({ id }) => id);
  const strung: string[] = [];
  let after: string | null = null;
  do {
    const { data }: ExecutionResult<Dashboard> = await ask<Dashboard>(app, ada, dashboard, {
      first: 1,
      after,
    });
    const { edges, pageInfo }: CardPage = data!.viewer.entitlements;
    strung.push(...edges.map(({ node }) => node.id));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  expect(strung).toEqual(whole);
});

interface Table {
  entitlements: CardPage;
}

async function rowsOf(variables: Record<string, unknown>): Promise<Card[]> {
  const { data, errors } = await ask<Table>(
    app,
    grace,
    support,
    { username: "ada", ...variables },
    "SupportTable",
  );
  expect(errors).toBeUndefined();
  return data!.entitlements.edges.map(({ node }) => node);
}

test("the support table shows all entitlements of a learner with their support details", async () => {
  const rows = await rowsOf({});
  expect(rows.length).toBeGreaterThan((await cardsOf()).length);
  expect(JSON.stringify(rows)).toContain("The order came in by telephone.");
});

test.each([
  "CREATED_AT",
  "MODIFIED_AT",
  "EXPIRED_AT",
  "COURSE_UUID",
  "COURSE_RUN_KEY",
  "MODE",
  "ORDER_NUMBER",
])("the support table can be sorted by %s in both directions, across pages", async (field) => {
  const down = (await rowsOf({ orderBy: { field, direction: "DESC" } })).map(({ id }) => id);
  const up = (await rowsOf({ orderBy: { field, direction: "ASC" } })).map(({ id }) => id);
  expect(up).toEqual(down.toReversed());
  const strung: string[] = [];
  for (let after: string | null = null; strung.length < down.length;) {
    const orderBy = { field, direction: "DESC" };
    const page: Record<string, unknown> = { username: "ada", orderBy, first: 7, after };
    const { data }: ExecutionResult<Table> = await ask<Table>(app, grace, support, page, "SupportTable");
    strung.push(...data!.entitlements.edges.map(({ node }) => node.id));
    after = data!.entitlements.pageInfo.endCursor;
  }
  expect(strung).toEqual(down);
});

test("the support table can be searched by part of a course or run, in any case", async () => {
  const found = await rowsOf({ search: "DEMO.03+OPEN" });
  expect(found).toHaveLength(1);
  expect(await rowsOf({ search: found[0]!.courseUuid.slice(-12).toUpperCase() })).toHaveLength(1);
});

test("the support table can be filtered by expiry, and a due entitlement counts as expired", async () => {
  const all = await rowsOf({});
  const expired = await rowsOf({ isExpired: true });
  expect(expired.length).toBeGreaterThan(0);
  expect(expired.length + (await rowsOf({ isExpired: false })).length).toBe(all.length);
});

test("the queries of the course dialog, the look-ups and the forms return the data that they show", async () => {
  const [row] = await rowsOf({});
  const summary = await ask(app, grace, support, { id: row!.id }, "CourseSummary");
  expect(summary.errors).toBeUndefined();
  expect(summary.data).toMatchObject({ entitlement: { course: { id: row!.courseUuid } } });
  const forms = await ask(app, grace, support, { email: "ada@demo.example", lmsUserId: "1" }, "SupportForms");
  expect(forms.errors).toBeUndefined();
  expect(forms.data).toMatchObject({ userByEmail: { username: "ada" }, userById: { username: "ada" } });
});

test("another learner's entitlement answers like one that does not exist", async () => {
  const [card] = await cardsOf(1);
  const question = "query ($id: ID!) { entitlement(id: $id) { id } }";
  const theirs = await ask(app, bob, question, { id: card!.id });
  const missing = await ask(app, bob, question, { id: "00000000-0000-4000-8000-000000000000" });
  expect(theirs).toEqual(missing);
  expect(theirs).toEqual({ data: { entitlement: null } });
});
