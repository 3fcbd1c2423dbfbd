import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../src/entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../src/entities/course-entitlement-support-detail";
import { transact } from "../../src/store/transact";
import { revertEntitlement } from "../../src/use-cases/entitlements/revert-entitlement";
import { actor, ada, ask, grace, useDemoApp } from "../support/demo-app";
import { statementsOf } from "../support/statements";

const app = useDemoApp();

const hopper = actor("hopper", { isStaff: true });
const ID = "e0000000-0000-4000-8000-000000000001";
const bySupport = {
  userId: "2",
  userLabel: "grace",
  userRole: "SUPPORT",
  source: "API" as const,
  requestId: "request-1",
};

interface Entry {
  id: string;
  entityType: string;
  type: string;
  changedAt: string;
  changedByLabel: string | null;
  changedByRole: string | null;
  changedBy: { username: string } | null;
  source: string;
  reason: string;
  changes: { field: string; from: unknown; to: unknown; toReference: Record<string, unknown> | null }[];
  state: Record<string, unknown> | null;
  previous: { id: string } | null;
  next: { id: string } | null;
}
const ENTRY = `edges { node {
  id entityType type changedAt changedByLabel changedByRole changedBy { username } source reason requestId transactionId
  changes { field from to toReference { __typename ... on CourseEntitlementPolicy { id } ... on CourseEnrollment { mode } ... on User { username } } }
  state { __typename ... on CourseEntitlement { id mode isRefundLocked refundBlocker } ... on SupportDetail { comments } ... on CourseEntitlementPolicy { refundPeriod } }
  previous { id } next { id } } } pageInfo { hasNextPage endCursor }`;

async function historyOf(asking = grace, filter = {}, id = ID): Promise<Entry[]> {
  const question = `query ($id: ID!, $filter: HistoryFilter) { entitlement(id: $id) { history(filter: $filter) { ${ENTRY} } } }`;
  const { data, errors } = await ask<{ entitlement: { history: { edges: { node: Entry }[] } } }>(
    app,
    asking,
    question,
    {
      id,
      filter,
    },
  );
  expect(errors).toBeUndefined();
  return data!.entitlement.history.edges.map(({ node }) => node);
}

async function now(): Promise<Date> {
  const [row] = await app.db.query<[{ now: Date }]>("select history_now() as now");
  return row.now;
}

function lockRefund(refundLocked: boolean, comments: string): Promise<void> {
  return transact(app.db, { ...bySupport, reason: "setRefundLock" }, async (tx) => {
    const row = await tx.findOneByOrFail(CourseEntitlement, { id: ID });
    await tx.save(Object.assign(row, { refundLocked, modifiedAt: new Date() }));
    const now = new Date();
    const detail = { entitlementId: ID, supportUserId: "2", action: "REISSUE" as const, comments };
    await tx.save(CourseEntitlementSupportDetail, {
      ...detail,
      unenrolledRunKey: null,
      createdAt: now,
      modifiedAt: now,
    });
  });
}

function anOrderOf(userId: string) {
  const now = new Date();
  const courseUuid = "c0000000-0000-4000-8000-0000000000ff";
  return { userId, courseUuid, orderNumber: "EDX-MOVED", createdAt: now, modifiedAt: now };
}

test("a timeline shows author, object, instant, operation and source of each change, the newest first", async () => {
  await lockRefund(true, "The learner asked twice.");
  const [detail, locked] = await historyOf();
  const entries = (await historyOf(grace, { entityTypes: ["COURSE_ENTITLEMENT"] })).toReversed();
  const [created, next] = entries;
  expect(locked).toMatchObject({
    entityType: "COURSE_ENTITLEMENT",
    type: "CHANGED",
    changedByLabel: "grace",
    changedByRole: "SUPPORT",
    changedBy: { username: "grace" },
    source: "API",
    reason: "setRefundLock",
    requestId: "request-1",
    state: { __typename: "CourseEntitlement", isRefundLocked: true, refundBlocker: "REFUND_LOCKED" },
    previous: { id: entries.at(-2)!.id },
    next: null,
  });
  expect(locked!.changes.filter(({ field }) => field !== "modifiedAt")).toEqual([
    expect.objectContaining({ field: "isRefundLocked", from: false, to: true }),
  ]);
  expect(detail).toMatchObject({
    entityType: "SUPPORT_DETAIL",
    state: { comments: "The learner asked twice." },
  });
  expect(created).toMatchObject({
    type: "CREATED",
    reason: "fulfillOrder",
    previous: null,
    next: { id: next!.id },
  });
  expect(created!.changes.find(({ field }) => field === "policy")!.toReference).toMatchObject({
    __typename: "CourseEntitlementPolicy",
  });
});

test("instants in changes are instants, references are ids and, where they exist, objects", async () => {
  const created = (await historyOf()).at(-1)!;
  const change = (name: string) => created.changes.find(({ field }) => field === name)!;
  expect(change("createdAt").to).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(change("user")).toMatchObject({ from: null, to: "1", toReference: { username: "ada" } });
});

test("a learner sees their own timeline, without the names of staff and without comments", async () => {
  const entries = await historyOf(ada);
  expect(entries.map(({ entityType }) => entityType)).not.toContain("SUPPORT_DETAIL");
  expect(entries[0]).toMatchObject({
    changedByLabel: null,
    changedByRole: null,
    changedBy: null,
    reason: "setRefundLock",
  });
  expect(JSON.stringify(entries)).not.toMatch(/grace|asked twice/);
  expect(await historyOf(ada, { entityTypes: ["SUPPORT_DETAIL"] })).toEqual([]);
});

test("a learner cannot find out the author of a change by filtering for each name", async () => {
  expect(await historyOf(ada, { changedBy: "grace" })).toEqual([]);
  const redeemed = "e0000000-0000-4000-8000-000000000003";
  expect(await historyOf(ada, { changedBy: "ada" }, redeemed)).not.toEqual([]);
  expect(await historyOf(ada, { changedBy: "shop" }, redeemed)).toEqual([]);
});

test("a token without a user id sees no author that is an operator or a database role", async () => {
  const operator = { userId: null, userLabel: "zed", source: "CLI" as const, requestId: null };
  await transact(app.db, { ...operator, reason: "by hand" }, (tx) =>
    tx.save(CourseEntitlement, { id: ID, modifiedAt: new Date() }),
  );
  const asked = { ...ada, userId: null };
  expect((await historyOf(asked))[0]).toMatchObject({ reason: "by hand", changedByLabel: null });
  expect((await historyOf(asked)).at(-1)!.changes).not.toEqual([]);
});

test("a learner does not see states of an entitlement from the time when it belonged to another learner", async () => {
  const id = "e0000000-0000-4000-8000-0000000000ff";
  const change = { ...bySupport, reason: "by hand" };
  await transact(app.db, change, (tx) =>
    tx.save(CourseEntitlement, { ...anOrderOf("4"), id, mode: "verified" }),
  );
  await transact(app.db, change, (tx) =>
    tx.save(CourseEntitlement, { id, userId: "1", mode: "professional" }),
  );
  const told = async (asking: typeof ada) =>
    (await historyOf(asking, {}, id)).map(({ changes, state }) => [
      changes.find(({ field }) => field === "user"),
      changes.find(({ field }) => field === "mode"),
      state !== null,
    ]);
  const now = { from: null, to: "1" };
  const mode = { from: null, to: "professional" };
  for (const asking of [ada, { ...ada, userId: null }])
    expect(await told(asking)).toMatchObject([
      [now, mode, true],
      [undefined, undefined, false],
    ]);
  expect(await told(grace)).toMatchObject([
    [{ from: "4", to: "1" }, { from: "verified", to: "professional" }, true],
    [{ to: "4" }, { to: "verified" }, true],
  ]);
});

test("a timeline can be filtered by object type, kind of change, source, operation, author, request and time", async () => {
  expect(await historyOf(grace, { types: ["CREATED"], entityTypes: ["COURSE_ENTITLEMENT"] })).toHaveLength(1);
  expect(await historyOf(grace, { sources: ["DATABASE"] })).toHaveLength(0);
  expect(await historyOf(grace, { reasons: ["setRefundLock"] })).toHaveLength(6);
  expect(await historyOf(grace, { changedBy: "grace" })).toHaveLength(6);
  expect(await historyOf(grace, { changedBy: "GRACE" })).toHaveLength(6);
  expect(await historyOf(grace, { changedBy: "shop" })).toHaveLength(1);
  expect(await historyOf(grace, { requestId: "request-1" })).toHaveLength(2);
  const [newest] = await historyOf();
  expect(await historyOf(grace, { changedFrom: newest!.changedAt })).not.toHaveLength(0);
  expect(await historyOf(grace, { changedBefore: "2020-01-01T00:00:00Z" })).toHaveLength(0);
});

test("an entitlement as of an instant is decided by the policy and support details of that instant", async () => {
  const question = `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { asOf(at: $at) {
    isRefundLocked isRefundable policy { refundPeriod } daysSinceCreated supportDetails { edges { node { comments } } }
    history { edges { node { id } } } } } }`;
  const askAt = async (at: Date) =>
    (await ask<{ entitlement: { asOf: unknown } }>(app, grace, question, { id: ID, at })).data!.entitlement
      .asOf;
  const before = new Date();
  const answerBefore = await askAt(before);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await lockRefund(false, "A mistake.");
  const { policyId } = await app.db.manager.findOneByOrFail(CourseEntitlement, { id: ID });
  await transact(app.db, { ...bySupport, reason: "updateEntitlementPolicy" }, async (tx) => {
    const policy = await tx.findOneByOrFail(CourseEntitlementPolicy, { id: policyId! });
    await tx.save(Object.assign(policy, { refundMs: 3 * 86_400_000 }));
  });
  const after = (await askAt(new Date())) as { supportDetails: { edges: unknown[] } };
  expect(await askAt(before)).toEqual(answerBefore);
  expect(answerBefore).toMatchObject({ isRefundLocked: true, policy: { refundPeriod: "P60D" } });
  expect(after).toMatchObject({ isRefundLocked: false, policy: { refundPeriod: "P3D" } });
  expect(after.supportDetails.edges).toHaveLength(4);
  expect(await askAt(new Date("2020-01-01"))).toBeNull();
});

test("a list as of an instant is the list of that time, with filters and pages like the present one", async () => {
  const list = `query ($asOf: DateTime, $after: String, $first: Int!) { entitlements(
    filter: { username: "bob" }, asOf: $asOf, first: $first, after: $after
  ) { totalCount pageInfo { endCursor } edges { node { id mode state } } } }`;
  interface List {
    entitlements: { totalCount: number; pageInfo: { endCursor: string }; edges: { node: { id: string } }[] };
  }
  const live = (await ask<List>(app, grace, list, { first: 100 })).data!.entitlements;
  const asOf = new Date();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await app.db.query("delete from course_entitlement where user_id = 4");
  expect((await ask<List>(app, grace, list, { first: 100 })).data!.entitlements.totalCount).toBe(0);
  expect((await ask<List>(app, grace, list, { first: 100, asOf })).data!.entitlements).toEqual(live);
  const page = (await ask<List>(app, grace, list, { first: 1, asOf })).data!.entitlements;
  expect(page.edges).toEqual(live.edges.slice(0, 1));
  const deleted = await ask<{ history: { edges: { node: Entry }[] } }>(
    app,
    hopper,
    `{ history(filter: { types: [DELETED], entityTypes: [COURSE_ENTITLEMENT] }) { ${ENTRY} } }`,
  );
  expect(deleted.data!.history.edges).toHaveLength(live.totalCount);
  expect(deleted.data!.history.edges[0]!.node).toMatchObject({ source: "DATABASE", changes: [] });
});

test("a page of 50 entries needs the same few statements as a page of 1", async () => {
  await app.committer.settle();
  const question = (first: number) => `{ history(first: ${first}) { ${ENTRY} } }`;
  const counts: number[] = [];
  for (const first of [1, 50])
    counts.push((await statementsOf(() => ask(app, hopper, question(first)))).length);
  // The page, and once each what states and references are of: seven kinds of objects, users, enrollments, policies,
  // courses, runs, entitlements.
  expect(counts[1]).toBeLessThanOrEqual(15);
  const at = (await now()).toISOString();
  await app.committer.until(new Date(at));
  const many = (first: number) =>
    `{ entitlements(filter: { username: "ada" }, first: ${first}) { edges { node { asOf(at: "${at}") { id mode } history(first: 5) { edges { node { id reason changes { field } } } } } } } }`;
  const one = await statementsOf(() => ask(app, grace, many(1)));
  const all = await statementsOf(() => ask(app, grace, many(30)));
  expect(all.length).toBe(one.length);
});

test("pages of one entry, followed by their cursors, give the whole history", async () => {
  const page = `query ($after: String, $first: Int!) { history(first: $first, after: $after) { ${ENTRY} } }`;
  interface Page {
    history: { edges: { node: Entry }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  }
  const whole = (await ask<Page>(app, hopper, page, { first: 20 })).data!.history.edges;
  const strung: unknown[] = [];
  let after: string | null = null;
  while (strung.length < 20) {
    const answer: Page = (await ask<Page>(app, hopper, page, { first: 1, after })).data!;
    strung.push(...answer.history.edges);
    after = answer.history.pageInfo.endCursor;
  }
  expect(strung).toEqual(whole);
});

test.each([
  ["a type that is given twice", ["COURSE_ENTITLEMENT", "COURSE_ENTITLEMENT"], ["COURSE_ENTITLEMENT"]],
  ["types in another order", ["REFUND", "COURSE_ENTITLEMENT"], ["COURSE_ENTITLEMENT", "REFUND"]],
  ["no type", [], []],
])("a list in a filter is a set: %s", async (_case, entityTypes, same) => {
  const question = `query ($types: [TrackedType!]!, $id: ID!) {
    history(first: 4, filter: { entityTypes: $types }) { edges { node { id entityType } } }
    entitlement(id: $id) { history(filter: { entityTypes: $types }) { edges { node { id entityType } } } }
  }`;
  type Page = { edges: { node: { id: string; entityType: string } }[] };
  const idsOf = async (types: string[]): Promise<string[][]> => {
    const { data, errors } = await ask<{ history: Page; entitlement: { history: Page } }>(
      app,
      hopper,
      question,
      { types, id: ID },
    );
    expect(errors).toBeUndefined();
    return [data!.history, data!.entitlement.history].map(({ edges }) =>
      edges.map(({ node }) => {
        expect(types).toContain(node.entityType);
        return node.id;
      }),
    );
  };
  const found = await idsOf(entityTypes);
  for (const ids of found) expect(ids).toHaveLength(new Set(ids).size);
  expect(found.every((ids) => ids.length > 0)).toBe(entityTypes.length > 0);
  expect(found).toEqual(await idsOf(same));
});

test("the lists of a filter are not part of the text of a statement", async () => {
  const question =
    "query ($types: [TrackedType!]) { history(first: 4, filter: { entityTypes: $types }) { edges { node { id } } } }";
  const textsOf = async (types: string[]) =>
    (await statementsOf(() => ask(app, hopper, question, { types }))).map(({ text }) => text);
  expect(await textsOf(["REFUND", "REFUND", "SUPPORT_DETAIL"])).toEqual(await textsOf([]));
});

test("a learner does not see refunds from the time when the entitlement belonged to another learner", async () => {
  const id = "e0000000-0000-4000-8000-0000000000fe";
  const change = { ...bySupport, reason: "by hand" };
  const inSql = (sql: string) => transact(app.db, change, (tx) => tx.query(sql));
  const refund = (state: string, order: string) =>
    inSql(
      `insert into refund (entitlement_id, order_number, state, attempt, shop_references, next_attempt_at, created_at,
         modified_at) values ('${id}', '${order}', '${state}', 1, '{${order}-REF}', null, now(), now())`,
    );
  await transact(app.db, change, (tx) =>
    tx.save(CourseEntitlement, { ...anOrderOf("4"), id, mode: "verified", orderNumber: "HERS" }),
  );
  await refund("FAILED", "OTHERS-1");
  await refund("NEEDS_REVIEW", "OTHERS-2");
  await inSql(`update course_entitlement set user_id = 1 where id = '${id}'`);
  await inSql(`update refund set state = 'FAILED' where order_number = 'OTHERS-2'`);
  await refund("NEEDS_REVIEW", "HERS");
  const question = `query ($id: ID!, $at: DateTime!) { entitlement(id: $id) { ...E asOf(at: $at) { ...E } } }
    fragment E on CourseEntitlement {
      refunds { orderNumber shopReferences history { edges { node { id } } } }
      history(filter: { entityTypes: [REFUND] }) { edges { node { entityId changes { to } state { ... on Refund { id orderNumber } } previous { id } } } } }`;
  const told = async (asking: typeof ada) => {
    const { data, errors } = await ask(app, asking, question, { id, at: await now() });
    expect(errors).toBeUndefined();
    return JSON.stringify(data);
  };
  for (const asking of [ada, { ...ada, userId: null }]) {
    expect(await told(asking)).toContain("HERS-REF");
    expect(await told(asking)).not.toContain("OTHERS");
  }
  for (const asking of [grace, { ...ada, userId: "4000", username: "shop", isService: true }])
    expect(await told(asking)).toContain("OTHERS-2-REF");
  await inSql(`update refund set state = 'FAILED' where order_number = 'HERS'`);
  await refund("NEEDS_REVIEW", "HERS-TOO");
  await inSql(`update course_entitlement set user_id = 4 where id = '${id}'`);
  const again = `mutation { unenrollAndRefund(input: { entitlementId: "${id}", refund: REQUEST }) {
    refund { orderNumber } userErrors { code blocker } } }`;
  const { data } = await ask(app, actor("bob", { userId: "4" }), again);
  expect(data).toEqual({
    unenrollAndRefund: {
      refund: null,
      userErrors: [{ code: "ENTITLEMENT_NOT_REFUNDABLE", blocker: "REFUND_PENDING" }],
    },
  });
});

test("no filter tells a learner who had the entitlement before, or changed it, nor which accounts exist", async () => {
  const id = "e0000000-0000-4000-8000-0000000000fd";
  const change = { ...bySupport, requestId: "request-of-grace" };
  const row = { ...anOrderOf("4"), id, mode: "verified", orderNumber: "MOVED" };
  for (const userId of ["4", "1"])
    await transact(app.db, { ...change, reason: "transferEntitlement" }, (tx) =>
      tx.save(CourseEntitlement, { ...row, userId }),
    );
  const others = ["bob", "BOB", "grace", "nobody_such"];
  const own = ["ada", "ADA"];
  const count = async (asking: typeof ada, filter: object) => (await historyOf(asking, filter, id)).length;
  for (const other of others) {
    for (const filter of [{ usernames: [other] }, { changedBy: other }, { changedBy: other, usernames: own }])
      expect([filter, await count(ada, filter)]).toEqual([filter, 0]);
    expect(await count(ada, { usernames: [other, "ada"] })).toBe(2);
  }
  expect(await count(ada, { requestId: "request-of-grace" })).toBe(0);
  for (const name of own) expect(await count(ada, { usernames: [name] })).toBe(2);
  expect(await count(grace, { usernames: ["bob"], changedBy: "grace" })).toBe(2);
});

test("the history of some entitlements or learners contains their support details and refunds, and nothing of others", async () => {
  interface Answer {
    history: {
      edges: {
        node: { entityType: string; entitlement: { id: string; user: { username: string } } | null };
      }[];
    };
  }
  const question = `query ($filter: HistoryFilter) { history(first: 100, filter: $filter) { edges { node {
    entityType entitlement { id user { username } } } } } }`;
  const entries = async (filter: object) => {
    const { data, errors } = await ask<Answer>(app, hopper, question, { filter });
    expect(errors).toBeUndefined();
    return data!.history.edges.map(({ node }) => node);
  };
  const [refund] = await app.db.query<[{ entitlement_id: string }]>(
    "select entitlement_id from refund limit 1",
  );
  const ids = [ID, refund.entitlement_id];
  const ofIds = await entries({ entitlementIds: ids });
  expect(new Set(ofIds.map(({ entitlement }) => entitlement?.id))).toEqual(new Set(ids));
  expect(new Set(ofIds.map(({ entityType }) => entityType))).toEqual(
    new Set(["COURSE_ENTITLEMENT", "SUPPORT_DETAIL", "REFUND"]),
  );
  const ofAda = await entries({ usernames: ["ada"], changedBefore: new Date().toISOString() });
  expect(ofAda.length).toBeGreaterThan(10);
  const hers = await app.db.query<{ id: string }[]>(
    "select id from historical_course_entitlement where user_id = 1",
  );
  for (const { entitlement } of ofAda)
    if (entitlement) expect(hers.map(({ id }) => id)).toContain(entitlement.id);
  expect(await entries({ usernames: ["ada"], entityTypes: ["COURSE_ENTITLEMENT_POLICY"] })).toEqual([]);
  expect(await entries({ usernames: ["no_such_account"] })).toEqual([]);
  expect(await entries({ entitlementIds: [] })).toEqual([]);
  const policies = `query ($filter: HistoryFilter) { entitlementPolicies { history(filter: $filter) { edges { node { id } } } } }`;
  const { errors } = await ask(app, hopper, policies, {
    filter: { usernames: ["ada"], entitlementIds: ids },
  });
  expect(errors).toBeUndefined();
});

test("the history entry of a revert names the entry that was restored, beside the operation", async () => {
  await lockRefund(true, "Before the revert.");
  const entries = await historyOf(hopper);
  const first = entries.at(-1)!;
  await revertEntitlement(
    { app, actor: hopper, now: new Date(), requestId: null },
    { entitlementId: ID, historyEntryId: first.id, comments: "As it was." },
  );
  const question = `query ($id: ID!) { entitlement(id: $id) { history(first: 5, filter: { entityTypes: [COURSE_ENTITLEMENT] }) {
    edges { node { reason operation revertedTo { id reason } } } } } }`;
  for (const asking of [grace, ada]) {
    const { data } = await ask<{ entitlement: { history: { edges: { node: object }[] } } }>(
      app,
      asking,
      question,
      { id: ID },
    );
    const [reverted, before] = data!.entitlement.history.edges.map(({ node }) => node);
    expect(reverted).toEqual({
      reason: `revertEntitlement ${first.id}`,
      operation: "revertEntitlement",
      revertedTo: { id: first.id, reason: first.reason },
    });
    expect(before).toMatchObject({ revertedTo: null });
  }
});

test("changes refer to courses, runs and entitlements as objects, and support details to their entitlement", async () => {
  const question = `query ($id: ID!) { entitlement(id: $id) {
    supportDetails(first: 1) { edges { node { entitlement { id } } } }
    history(first: 50) { edges { node { entityType changes { field toReference { __typename
      ... on Course { id } ... on CourseRun { run: id } ... on CourseEntitlement { id } } } } } } } }`;
  interface Answer {
    entitlement: {
      supportDetails: { edges: { node: { entitlement: { id: string } } }[] };
      history: {
        edges: {
          node: { entityType: string; changes: { field: string; toReference: { id?: string } | null }[] };
        }[];
      };
    };
  }
  const { data, errors } = await ask<Answer>(app, grace, question, { id: ID });
  expect(errors).toBeUndefined();
  const { supportDetails, history } = data!.entitlement;
  expect(supportDetails.edges[0]!.node.entitlement).toEqual({ id: ID });
  const references = history.edges.flatMap(({ node }) =>
    node.changes.map(({ field, toReference }) => ({ field, toReference })),
  );
  expect(references).toContainEqual({
    field: "courseUuid",
    toReference: { __typename: "Course", id: "c0000000-0000-4000-8000-000000000001" },
  });
  expect(references).toContainEqual({
    field: "entitlement",
    toReference: { __typename: "CourseEntitlement", id: ID },
  });
});

test("a learner can neither read nor guess the request by which an agent made a change", async () => {
  await lockRefund(true, "The learner asked again.");
  const [locked] = await historyOf(ada);
  expect(locked).toMatchObject({ reason: "setRefundLock", changedByLabel: null, requestId: null });
  expect(await historyOf(ada, { requestId: "request-1" })).toEqual([]);
  expect(await historyOf(ada, { requestId: "request-1", changedBy: "grace" })).toEqual([]);
  expect((await historyOf(grace, { requestId: "request-1" })).length).toBeGreaterThan(0);
  const byAda = { ...bySupport, userId: "1", userLabel: "ada", requestId: "own-1", reason: "leaveSession" };
  await transact(app.db, byAda, async (tx) => {
    const row = await tx.findOneByOrFail(CourseEntitlement, { id: ID });
    await tx.save(Object.assign(row, { modifiedAt: new Date() }));
  });
  const [own] = await historyOf(ada, { requestId: "own-1" });
  expect(own).toMatchObject({ reason: "leaveSession", requestId: "own-1" });
});
