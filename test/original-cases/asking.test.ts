import { parse, type OperationDefinitionNode } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { permissionsOf } from "../../src/graphql/permissions";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { authorizer } from "../../src/engine/documents/authorize";
import { grantEntitlement } from "../../src/use-cases/entitlements/grant-entitlement";
import { checksumOf } from "../support/checksum";
import { ask, schema } from "../support/demo-app";
import {
  aCourse,
  ada,
  ago,
  anEnrollment,
  anEntitlement,
  aRun,
  bob,
  by,
  grace,
  hopper,
  NOW,
  useApp,
} from "../support/world";

const app = useApp();
afterEach(() => app.db.query("delete from course_entitlement"));

/** What the table of permissions says to an operation. */
function denied(source: string, actor: Actor | null): string | undefined {
  const document = parse(source);
  const [operation] = document.definitions as OperationDefinitionNode[];
  return authorizer(schema, permissionsOf(schema), () => false)(document, operation!, actor)?.code;
}

const MINE = "{ viewer { entitlements(scope: ALL) { edges { node { id isExpired expiredAt } } } } }";
const FULFILL =
  "mutation ($input: FulfillOrderInput!) { fulfillOrder(input: $input) { userErrors { code } } }";
const GRANT =
  "mutation ($input: GrantEntitlementInput!) { grantEntitlement(input: $input) { userErrors { code } } }";
const REVOKE =
  "mutation ($input: RevokeEntitlementInput!) { revokeEntitlement(input: $input) { userErrors { code } } }";

interface Node {
  id: string;
  courseUuid: string;
  isExpired: boolean;
  expiredAt: string | null;
  sessions?: unknown[];
}

async function mine(actor: Actor): Promise<Node[]> {
  const { data, errors } = await ask<{ viewer: Entitlements }>(app, actor, MINE);
  expect(errors).toBeUndefined();
  return data!.viewer.entitlements.edges.map(({ node }) => node);
}

interface Entitlements {
  entitlements: { totalCount: number; edges: { node: Node }[] };
}

async function found(filter: object): Promise<Entitlements["entitlements"]> {
  const list = `query ($filter: EntitlementFilter) { entitlements(filter: $filter) {
    totalCount edges { node { id courseUuid isExpired expiredAt } } } }`;
  const { data, errors } = await ask<Entitlements>(app, hopper, list, { filter });
  expect(errors).toBeUndefined();
  return data!.entitlements;
}

const one = "query ($id: ID!) { entitlement(id: $id) { id isExpired expiredAt } }";

test("R1: a caller who is not signed in is asked to sign in", () => {
  expect(denied(MINE, null)).toBe("UNAUTHENTICATED");
});

test("R2: a learner may list entitlements", async () => {
  expect(denied(MINE, ada)).toBeUndefined();
  expect(await mine(ada)).toEqual([]);
});

test("R3: an order without a mode and a course is an error of the caller, and changes nothing", async () => {
  const before = await checksumOf(app.db);
  const whole = { username: "ada", orderNumber: "1", mode: "verified", courseUuid: aCourse() };
  for (const missing of ["mode", "courseUuid"]) {
    const { data, errors } = await ask(app, hopper, FULFILL, { input: { ...whole, [missing]: undefined } });
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ message: expect.stringContaining(`Field "${missing}"`) as string }]);
  }
  expect(await checksumOf(app.db)).toEqual(before);
});

test("R4: a learner may not grant entitlements", () => {
  expect(denied(FULFILL, ada)).toBe("FORBIDDEN");
  expect(denied(GRANT, ada)).toBe("FORBIDDEN");
});

test("R5: a learner may not revoke entitlements", () => {
  expect(denied(REVOKE, ada)).toBe("FORBIDDEN");
});

test("R16, R17: an order has no field for e-mail preferences, so it never changes them", async () => {
  const order = { username: "ada", orderNumber: "1", mode: "verified", courseUuid: aCourse() };
  const before = await checksumOf(app.db);
  const { errors } = await ask(app, hopper, FULFILL, { input: { ...order, emailOptIn: true } });
  expect(errors).toMatchObject([{ message: expect.stringContaining("emailOptIn") as string }]);
  expect(await checksumOf(app.db)).toEqual(before);
});

test("R22, R23: the viewer's list holds only the viewer's own entitlements, also for staff", async () => {
  const ours = await anEntitlement(app);
  await anEntitlement(app, { userId: bob.userId! });
  expect(await mine(ada)).toMatchObject([{ id: ours }]);
  expect(await mine(hopper)).toEqual([]);
});

test("R24, R28: a due entitlement is shown as expired to every reader, and reading stores nothing", async () => {
  const fresh = await anEntitlement(app);
  const due = await anEntitlement(app, { createdAt: new Date(ago(730).getTime() - 1) });
  const before = await checksumOf(app.db);
  const { edges } = await found({ username: "ada" });
  expect(edges.map(({ node }) => node)).toMatchObject([
    { id: fresh, isExpired: false, expiredAt: null },
    { id: due, isExpired: true, expiredAt: null },
  ]);
  const { data } = await ask(app, hopper, one, { id: due });
  expect(data).toEqual({ entitlement: { id: due, isExpired: true, expiredAt: null } });
  expect(await checksumOf(app.db)).toEqual(before);
});

test("R25: learners see at once which of their entitlements have expired", async () => {
  const fresh = await anEntitlement(app);
  const due = await anEntitlement(app, { createdAt: new Date(ago(730).getTime() - 1) });
  expect(await mine(ada)).toMatchObject([
    { id: fresh, isExpired: false },
    { id: due, isExpired: true },
  ]);
});

test("R26: staff can list the entitlements of one learner", async () => {
  await anEntitlement(app);
  const theirs = await anEntitlement(app, { userId: bob.userId! });
  expect((await found({ username: "bob" })).edges).toMatchObject([{ node: { id: theirs } }]);
});

test("R27: staff and support can list the entitlements of any learner", async () => {
  const id = await anEntitlement(app);
  for (const actor of [hopper, grace])
    expect((await ask(app, actor, one, { id })).data).toMatchObject({ entitlement: { id, expiredAt: null } });
});

test("R29: the filters by course and by expiry can be combined", async () => {
  const courses = [aCourse(), aCourse(), aCourse()];
  const [first] = courses;
  const active = await anEntitlement(app, { courseUuid: first! });
  for (const courseUuid of [...courses, aCourse(), aCourse()])
    await anEntitlement(app, { courseUuid, expiredAt: NOW });
  const { totalCount, edges } = await found({ courseUuids: courses });
  expect(totalCount).toBe(4);
  expect(new Set(edges.map(({ node }) => node.courseUuid))).toEqual(new Set(courses));
  expect(await found({ courseUuids: courses, isExpired: false })).toMatchObject({
    totalCount: 1,
    edges: [{ node: { id: active } }],
  });
});

test("S1: a new entitlement has all fields of the original, with instants in UTC to the millisecond", async () => {
  const id = await anEntitlement(app, { orderNumber: "ORDER-S1" });
  const { courseUuid } = await app.db.manager.findOneByOrFail(CourseEntitlement, { id });
  const question = `query ($id: ID!) { entitlement(id: $id) {
    user { username } id courseUuid enrollment { courseRun { key } } expiredAt createdAt modifiedAt mode
    isRefundLocked orderNumber supportDetails { edges { node { action } } } } }`;
  const { data } = await ask(app, grace, question, { id });
  const shown = JSON.parse(JSON.stringify(data)) as object;
  expect(shown).toEqual({
    entitlement: {
      user: { username: "ada" },
      id,
      courseUuid,
      enrollment: null,
      expiredAt: null,
      createdAt: "2026-06-15T12:00:00.000Z",
      modifiedAt: "2026-06-15T12:00:00.000Z",
      mode: "verified",
      isRefundLocked: false,
      orderNumber: "ORDER-S1",
      supportDetails: { edges: [] },
    },
  });
});

test("8.7.13: support reads the entitlements of any learner, and learners never see support details", async () => {
  const { id } = await grantEntitlement(by(grace, app), {
    username: "ada",
    courseUuid: aCourse(),
    mode: "verified",
    comments: "For support only",
  });
  const question =
    "query ($id: ID!) { entitlement(id: $id) { supportDetails { edges { node { comments } } } } }";
  expect(denied(question, ada)).toBe("FORBIDDEN");
  expect(denied(question, grace)).toBeUndefined();
  expect(JSON.stringify(await ask(app, grace, question, { id }))).toContain("For support only");
});

test("8.7.14: a list can be read although a run, a start date or an enrollment date is missing", async () => {
  const courseUuid = aCourse();
  const [undated, offered] = [await aRun(app, courseUuid, { startsAt: null }), await aRun(app, courseUuid)];
  const neverSpent = await aRun(app, courseUuid, { startsAt: null });
  const vanished = "course-v1:DemoX+vanished+1";
  const inVanished = await anEntitlement(app, { run: vanished });
  const inUndated = await anEntitlement(app, { courseUuid, run: undated });
  const enrollmentId = await anEnrollment(app, offered, { createdAt: null });
  const neverEnrolled = await anEntitlement(app, { courseUuid, enrollmentId });
  const list = `{ viewer { entitlements { edges { node { id state daysUntilExpiration isRegainable isRefundable
    runSummary { courseRunKey title } sessions { courseRun { key } isCurrent isAvailable blocker } } } } } }`;
  const { data, errors } = await ask<{ viewer: Entitlements }>(app, ada, list);
  expect(errors).toBeUndefined();
  const told = new Map(data!.viewer.entitlements.edges.map(({ node }) => [node.id, node]));
  const spent = { state: "FULFILLED_CHANGEABLE", daysUntilExpiration: 14, isRegainable: true };
  const session = (key: string, blocker: string | null, isCurrent = false) =>
    expect.objectContaining({ courseRun: { key }, isCurrent, isAvailable: !blocker, blocker }) as unknown;
  expect(told.get(inVanished)).toMatchObject({
    ...spent,
    runSummary: { courseRunKey: vanished, title: null },
  });
  expect(told.get(inVanished)!.sessions).toEqual([session(vanished, null, true)]);
  const undatedIsNotOffered = session(neverSpent, "NO_START_DATE");
  expect(told.get(inUndated)).toMatchObject({ ...spent, runSummary: { title: "A course" } });
  expect(told.get(inUndated)!.sessions).toEqual(
    expect.arrayContaining([session(undated, null, true), undatedIsNotOffered]),
  );
  expect(told.get(neverEnrolled)).toMatchObject(spent);
  expect(told.get(neverEnrolled)!.sessions).toEqual(
    expect.arrayContaining([session(offered, null, true), undatedIsNotOffered]),
  );
});

describe("the sessions of an entitlement contain", () => {
  interface Session {
    isCurrent: boolean;
    isAvailable: boolean;
    blocker: string | null;
  }
  async function sessionsOf(id: string): Promise<Session[]> {
    const question =
      "query ($id: ID!) { entitlement(id: $id) { sessions { isCurrent isAvailable blocker } } }";
    const { data } = await ask<{ entitlement: { sessions: Session[] } }>(app, ada, question, { id });
    return data!.entitlement.sessions;
  }

  test.each([
    ["N11: the current session", {}],
    ["N12, N13: the current session even when its run is no longer sold", { modes: [{ expiresAt: ago(1) }] }],
  ])("%s", async (_, given) => {
    const courseUuid = aCourse();
    const run = await aRun(app, courseUuid, { startsAt: ago(-1), ...given });
    const id = await anEntitlement(app, { courseUuid, run });
    expect(await sessionsOf(id)).toEqual([{ isCurrent: true, isAvailable: true, blocker: null }]);
  });

  test("N14: no available session when no run is sold, and a blocker for each", async () => {
    const courseUuid = aCourse();
    await aRun(app, courseUuid, { modes: [{ expiresAt: ago(1) }] });
    const id = await anEntitlement(app, { courseUuid });
    expect(await sessionsOf(id)).toEqual([
      { isCurrent: false, isAvailable: false, blocker: "UPGRADE_DEADLINE_PASSED" },
    ]);
  });
});
