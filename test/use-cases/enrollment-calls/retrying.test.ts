import { expireEntitlement } from "../../../src/use-cases/entitlements/expire-entitlement";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import { ada, ask, auditor, grace } from "../../support/demo-app";
import {
  aCourse,
  anEntitlement,
  ENROLLMENT,
  inLms,
  redeem,
  requestsAbout,
  standing,
  sweepLater,
  useLms,
} from "../../support/lms";
import { requestOf } from "../../support/refunds";

const beside = useLms({ LMS_DEADLINE_MS: "2000" });
const { GET } = ENROLLMENT;

const FIELDS = `id wish mode state attempts detail retriedAt nextAttemptAt createdAt
  user { username } courseRun { key } entitlement { id state }`;
interface Call {
  id: string;
  wish: string;
  state: string;
  attempts: number;
  detail: string | null;
  retriedAt: string | null;
  nextAttemptAt: string | null;
  createdAt: string;
}
interface Retried {
  call: Call | null;
  entitlement: { state: string } | null;
  preview: { operation: string; entityType: string }[] | null;
  userErrors: { code: string; message: string }[];
}

/** The calls that the list shows to an agent. */
async function listed(args = ""): Promise<Call[]> {
  interface List {
    enrollmentCalls: { totalCount: number; edges: { node: Call }[] };
  }
  const query = `{ enrollmentCalls${args} { totalCount edges { node { ${FIELDS} } } } }`;
  const { data, errors } = await ask<List>(beside.app, auditor, query);
  expect(errors).toBeUndefined();
  const calls = data!.enrollmentCalls.edges.map(({ node }) => node);
  expect(data!.enrollmentCalls.totalCount).toBe(calls.length);
  return calls;
}

async function retry(enrollmentId: string, given: object = {}): Promise<Retried> {
  const { data, errors } = await ask<{ retryEnrollmentCall: Retried }>(
    beside.app,
    grace,
    `mutation ($input: RetryEnrollmentCallInput!) { retryEnrollmentCall(input: $input) {
       call { ${FIELDS} } entitlement { state } preview { operation entityType } userErrors { code message } } }`,
    { input: { enrollmentId, comments: "The LMS answers again.", ...given } },
  );
  expect(errors).toBeUndefined();
  return data!.retryEnrollmentCall;
}

const away = () => beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 503 });
/** The LMS answers again, and the pause is over in which it is left alone after failures. */
function back(): void {
  beside.edx.faults.set();
  beside.aheadMs += 61_000;
}

/** Lets the attempts at a call end, as they do after a day. */
async function inReview(entitlementId: string): Promise<Call> {
  await beside.app.db.query(
    `update enrollment_call set created_at = created_at - interval '25 h', retried_at = retried_at - interval '25 h'
     where entitlement_id = $1`,
    [entitlementId],
  );
  await sweepLater(beside);
  const [call] = await listed(`(filter: { entitlementId: "${entitlementId}", states: [NEEDS_REVIEW] })`);
  return call!;
}

async function aPendingOne() {
  const course = await aCourse(beside);
  back();
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  away();
  await redeem(beside, entitlementId, course.one);
  return { ...course, entitlementId };
}

async function anUndoneEnd() {
  const course = await aCourse(beside);
  back();
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await redeem(beside, entitlementId, course.one);
  away();
  await leaveSession(requestOf(beside.app, ada), { entitlementId });
  return { ...course, entitlementId };
}

test("an agent sees what the LMS has not done in a day: also an enrollment that is to end", async () => {
  const [pending, undone] = [await aPendingOne(), await anUndoneEnd()];
  await inReview(pending.entitlementId);
  await inReview(undone.entitlementId);
  const common = { state: "NEEDS_REVIEW", detail: "HTTP_503", nextAttemptAt: null, retriedAt: null };
  const [end, enroll] = await listed();
  expect(end).toMatchObject({
    ...common,
    wish: "END",
    mode: null,
    user: { username: "ada" },
    courseRun: { key: undone.one },
    entitlement: { id: undone.entitlementId, state: "AVAILABLE" },
  });
  expect(enroll).toMatchObject({
    ...common,
    wish: "ENROLL",
    mode: "verified",
    courseRun: { key: pending.one },
    entitlement: { id: pending.entitlementId, state: "PENDING_ENROLLMENT" },
  });
  const { data } = await ask(
    beside.app,
    grace,
    `{ entitlement(id: "${pending.entitlementId}") { pendingEnrollment { call { state } } } }`,
  );
  expect(data).toEqual({ entitlement: { pendingEnrollment: { call: { state: "NEEDS_REVIEW" } } } });
});

test("a retry redeems the entitlement that waits, and its history tells who had the LMS asked, and why", async () => {
  const { entitlementId, one } = await aPendingOne();
  const { id, createdAt } = await inReview(entitlementId);
  back();
  const { call, entitlement, userErrors } = await retry(id);
  expect(userErrors).toEqual([]);
  expect(call).toMatchObject({ state: "DONE", detail: null, nextAttemptAt: null, createdAt });
  expect(call!.retriedAt).not.toBeNull();
  expect(entitlement).toEqual({ state: "FULFILLED_CHANGEABLE" });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: true });
  const { data } = await ask(
    beside.app,
    grace,
    `{ entitlement(id: "${entitlementId}") {
       supportDetails(first: 1) { edges { node { action comments supportUser { username } } } }
       history(filter: { entityTypes: [SUPPORT_DETAIL] }, first: 1) { edges { node { operation changedByLabel } } } } }`,
  );
  expect(data!["entitlement"]).toEqual({
    supportDetails: {
      edges: [
        {
          node: {
            action: "RETRY_CALL",
            comments: "The LMS answers again.",
            supportUser: { username: "grace" },
          },
        },
      ],
    },
    history: { edges: [{ node: { operation: "retryEnrollmentCall", changedByLabel: "grace" } }] },
  });
});

test("a retry ends the enrollment that was left", async () => {
  const { entitlementId, one } = await anUndoneEnd();
  const { id } = await inReview(entitlementId);
  back();
  expect(await retry(id)).toMatchObject({ call: { state: "DONE" }, entitlement: { state: "AVAILABLE" } });
  expect(inLms(beside, one)).toEqual({ mode: "verified", isActive: false });
});

test("while the LMS stays away, it is asked again for another day, and then it is a task for agents again", async () => {
  const { entitlementId, one } = await anUndoneEnd();
  const { id, attempts } = await inReview(entitlementId);
  const { call } = await retry(id);
  expect(call).toMatchObject({ state: "IN_DOUBT", detail: "HTTP_503", attempts: attempts + 1 });
  expect(call!.nextAttemptAt).not.toBeNull();
  await sweepLater(beside);
  const [still] = await listed(`(filter: { entitlementId: "${entitlementId}" })`);
  expect(still).toMatchObject({ state: "IN_DOUBT", attempts: attempts + 2 });
  expect(await inReview(entitlementId)).toMatchObject({ id, state: "NEEDS_REVIEW" });
  back();
  await retry(id);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
});

test("what an agent has ended in the LMS is found done, and nothing is sent", async () => {
  const { entitlementId, one } = await anUndoneEnd();
  const { id } = await inReview(entitlementId);
  back();
  beside.edx.others.deactivate("ada", one);
  const before = requestsAbout(beside, one).length;
  expect(await retry(id)).toMatchObject({ call: { state: "DONE" } });
  expect(requestsAbout(beside, one).slice(before)).toEqual(["GET"]);
});

test("an enrollment that an agent has made in the LMS is accepted only when the agent says so", async () => {
  const [accepted, foreign] = [await aPendingOne(), await aPendingOne()];
  for (const { entitlementId } of [accepted, foreign]) await inReview(entitlementId);
  const calls = await listed(`(filter: { states: [NEEDS_REVIEW], username: "ADA" })`);
  const idOf = (of: string) => calls.find((call) => JSON.stringify(call).includes(of))!.id;
  back();
  for (const { one } of [accepted, foreign]) beside.edx.others.enroll("ada", one, "verified");
  expect(await retry(idOf(accepted.entitlementId), { acceptEnrolled: true })).toMatchObject({
    call: { state: "DONE" },
    entitlement: { state: "FULFILLED_CHANGEABLE" },
  });
  expect(await retry(idOf(foreign.entitlementId))).toMatchObject({
    call: { state: "REFUSED", detail: "HELD_OTHERWISE" },
    entitlement: { state: "AVAILABLE" },
  });
  expect(inLms(beside, foreign.one)).toEqual({ mode: "verified", isActive: true });
});

test("two agents at once have the LMS asked once, and both comments are kept", async () => {
  const { entitlementId, one } = await anUndoneEnd();
  const { id } = await inReview(entitlementId);
  back();
  beside.edx.faults.set({ system: "lms", path: GET, kind: "slow", ms: 500 });
  const before = requestsAbout(beside, one).length;
  const answers = await Promise.all([retry(id), retry(id)]);
  for (const { userErrors, call } of answers) {
    expect(userErrors).toEqual([]);
    expect(["DONE", "IN_DOUBT"]).toContain(call!.state);
  }
  expect(requestsAbout(beside, one).slice(before)).toEqual(["GET", "POST"]);
  expect(inLms(beside, one)).toMatchObject({ isActive: false });
  const details = await beside.app.db.query<unknown[]>(
    "select from course_entitlement_support_detail where entitlement_id = $1 and action = 'RETRY_CALL'",
    [entitlementId],
  );
  expect(details).toHaveLength(2);
});

test("a call that pauses is made at once, and one whose attempt may be in progress within its lease", async () => {
  const { entitlementId } = await anUndoneEnd();
  const [{ id, attempts }] = (await listed(`(filter: { entitlementId: "${entitlementId}" })`)) as [Call];
  const set =
    "update enrollment_call set next_attempt_at = clock_timestamp() + interval '5 min' where id = $1";
  await beside.app.db.query(set, [id]);
  const waiting = await retry(id);
  expect(waiting.call).toMatchObject({ state: "IN_DOUBT", attempts });
  expect(Date.parse(waiting.call!.nextAttemptAt!)).toBeLessThan(Date.now() + 10_000);
  await beside.app.db.query(set, [id]);
  beside.aheadMs += 60_000;
  back();
  expect(await retry(id)).toMatchObject({ call: { state: "DONE", attempts: attempts + 1 } });
});

test("a dry run asks the LMS for nothing, and tells what would be recorded", async () => {
  const { entitlementId, one } = await anUndoneEnd();
  const { id } = await inReview(entitlementId);
  back();
  const before = requestsAbout(beside, one).length;
  expect(await retry(id, { dryRun: true })).toMatchObject({
    call: { state: "IN_DOUBT" },
    preview: [{ operation: "retryEnrollmentCall", entityType: "SUPPORT_DETAIL" }],
  });
  expect(requestsAbout(beside, one)).toHaveLength(before);
  expect(await listed(`(filter: { entitlementId: "${entitlementId}" })`)).toMatchObject([
    { state: "NEEDS_REVIEW", retriedAt: null },
  ]);
});

test("what is done or refused is not asked again, and the refusal says what to do instead", async () => {
  const [done, refused, held] = [await anUndoneEnd(), await aPendingOne(), await anUndoneEnd()];
  back();
  beside.edx.world.runs.get(refused.one)!.preventedBy = "enrollmentFilter";
  beside.edx.others.enroll("ada", held.one, "professional");
  while (await sweepLater(beside)) continue;
  const expected = [
    [done, "DONE", "change its entitlement"],
    [refused, "REFUSED", "redeem the entitlement for the run again"],
    [held, "REFUSED", "end it in the LMS"],
  ] as const;
  for (const [{ entitlementId }, state, advice] of expected) {
    const [call] = await listed(`(filter: { entitlementId: "${entitlementId}" })`);
    expect(call).toMatchObject({ state });
    const { call: none, userErrors } = await retry(call!.id);
    expect([none, userErrors]).toMatchObject([null, [{ code: "ENROLLMENT_CALL_ENDED" }]]);
    expect(userErrors[0]!.message).toContain(advice);
  }
  expect((await retry(done.entitlementId)).userErrors).toMatchObject([{ code: "ENROLLMENT_CALL_NOT_FOUND" }]);
});

test("a call that ends what an agent no longer waited for names its entitlement too", async () => {
  const { entitlementId } = await aPendingOne();
  await expireEntitlement(requestOf(beside.app, grace), { entitlementId, comments: "told by telephone" });
  expect(await listed(`(filter: { entitlementId: "${entitlementId}" })`)).toMatchObject([{ wish: "END" }]);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "EXPIRED" });
});

test("the list finds calls by learner, state and instant", async () => {
  const { entitlementId } = await aPendingOne();
  const [{ id, createdAt }] = (await listed(`(filter: { entitlementId: "${entitlementId}" })`)) as [Call];
  const finds = async (filter: string) =>
    (await listed(`(filter: ${filter}, first: 100)`)).some((c) => c.id === id);
  const states = "states: [REQUESTED, IN_DOUBT]";
  for (const filter of [
    `{ ${states} }`,
    `{ username: "ada" }`,
    `{ userId: "1" }`,
    `{ createdFrom: "${createdAt}" }`,
  ])
    expect([filter, await finds(filter)]).toEqual([filter, true]);
  for (const filter of [
    "{ states: [DONE] }",
    `{ username: "bob" }`,
    `{ userId: "2" }`,
    `{ createdBefore: "${createdAt}" }`,
  ])
    expect([filter, await finds(filter)]).toEqual([filter, false]);
  expect(await listed()).not.toContainEqual(expect.objectContaining({ id }));
  expect(await listed("(filter: null, first: 100)")).toContainEqual(expect.objectContaining({ id }));
});
