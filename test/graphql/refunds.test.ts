import { setTimeout as sleep } from "node:timers/promises";
import { sweepUntil } from "../../src/jobs/sweep";
import { sweepRefunds } from "../../src/use-cases/refunds/sweep-refunds";
import { ada, ask, bob, grace, useDemoApp } from "../support/demo-app";
import { aSpentEntitlement, entitlementIdOf, everythingOf } from "../support/refunds";

const MUTATION = `mutation($input: UnenrollAndRefundInput!) {
  unenrollAndRefund(input: $input) {
    entitlement { id state isExpired isRefundable refundBlocker redeemBlocker regainBlocker enrollment { id } }
    refund { id state nextAttemptAt attempts shopReferences orderNumber }
    userErrors { code message field blocker }
  }
}`;
const POLL = `query($id: ID!) { entitlement(id: $id) { state refunds {
  id state nextAttemptAt attempts attemptLog { number state startedAt endedAt } } } }`;

interface Refunded {
  entitlement: {
    state: string;
    refundBlocker: string | null;
    isRefundable: boolean;
    enrollment: object | null;
  };
  refund: { id: string; state: string; nextAttemptAt: string | null; attempts: number };
  userErrors: { code: string; message: string; blocker: string | null }[];
}

const app = useDemoApp({ REFUND_DEADLINE_MS: "2000" });
const stopping = new AbortController();
let swept: Promise<void>;
beforeAll(async () => {
  swept = sweepUntil(stopping.signal, app, { name: "sweepRefunds", everyMs: () => 100, run: sweepRefunds });
});
afterAll(async () => {
  stopping.abort();
  await swept;
});

async function refund(entitlementId: string, wish = "REQUEST"): Promise<Refunded> {
  const { data, errors } = await ask<{ unenrollAndRefund: Refunded }>(app, ada, MUTATION, {
    input: { entitlementId, refund: wish },
  });
  expect(errors).toBeUndefined();
  return data!.unenrollAndRefund;
}

async function poll(id: string): Promise<{ state: string; refunds: Refunded["refund"][] }> {
  interface Polled {
    entitlement: { state: string; refunds: Refunded["refund"][] };
  }
  return (await ask<Polled>(app, ada, POLL, { id })).data!.entitlement;
}

interface Logged {
  refunds: {
    edges: { node: { attemptLog: { answer: string | null; startedAt: string; endedAt: string }[] } }[];
  };
}

/** Polls until the refund has ended, and once more: the parts of one answer are read one after the other. */
async function settled(id: string): Promise<{ state: string; refunds: Refunded["refund"][] }> {
  while (["REQUESTED", "IN_DOUBT"].includes((await poll(id)).refunds[0]!.state)) await sleep(50);
  return poll(id);
}

test.each(["", "-SLOW", "-DUPLICATE"])("an order%s is refunded before the answer", async (end) => {
  const id = await aSpentEntitlement(app, end);
  const { entitlement, refund: made, userErrors } = await refund(id);
  expect(userErrors).toEqual([]);
  expect(made).toMatchObject({ state: "SUCCEEDED", attempts: 1, nextAttemptAt: null });
  expect(entitlement).toMatchObject({ state: "REFUNDED", isRefundable: false, enrollment: null });
});

test("an order that ends in -DECLINED is not refunded, and nothing changes", async () => {
  const id = await entitlementIdOf(app, "-DECLINED");
  const before = await everythingOf(app, id);
  const answer = await refund(id);
  expect(answer).toMatchObject({ entitlement: null, refund: null, userErrors: [{ code: "REFUND_FAILED" }] });
  expect(answer.userErrors[0]!.message).toMatch(/Nothing has changed\.$/);
  expect(await everythingOf(app, id)).toBe(before);
});

test("the refund of an order that ends in -TIMEOUT stays pending, blocks the entitlement, and ends without an agent", async () => {
  const id = await entitlementIdOf(app, "-TIMEOUT");
  const before = await everythingOf(app, id);
  const { entitlement, refund: made } = await refund(id);
  expect(["REQUESTED", "IN_DOUBT"]).toContain(made.state);
  expect(made.nextAttemptAt).not.toBeNull();
  const blocker = "REFUND_PENDING";
  expect(entitlement).toMatchObject({
    state: "FULFILLED_CHANGEABLE",
    isRefundable: false,
    refundBlocker: blocker,
    redeemBlocker: blocker,
    regainBlocker: blocker,
  });
  expect(await everythingOf(app, id)).toBe(before);
  expect((await refund(id)).refund.id).toBe(made.id);
  expect(await settled(id)).toMatchObject({
    state: "REFUNDED",
    refunds: [
      {
        id: made.id,
        state: "SUCCEEDED",
        attempts: 3,
        attemptLog: [
          { number: 1, state: "IN_DOUBT" },
          { number: 2, state: "IN_DOUBT" },
          { number: 3, state: "SUCCEEDED" },
        ],
      },
    ],
  });
  const log = `{ refunds(filter: { entitlementId: "${id}" }) { edges { node { attemptLog { answer startedAt endedAt } } } } }`;
  const { data } = await ask<Logged>(app, grace, log);
  const attempts = data!.refunds.edges[0]!.node.attemptLog;
  expect(attempts.map(({ answer }) => answer)).toEqual(["UNKNOWN", "UNKNOWN", "ACCEPTED"]);
  const instants = attempts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]);
  expect(instants).toEqual(instants.toSorted());
});

test("an order that ends in -LATE turns out to be refunded", async () => {
  const id = await entitlementIdOf(app, "-LATE");
  await refund(id);
  expect(await settled(id)).toMatchObject({
    state: "REFUNDED",
    refunds: [{ state: "SUCCEEDED", attempts: 2 }],
  });
});

test("leaving without a refund makes the entitlement available again", async () => {
  const answer = await refund(await aSpentEntitlement(app), "SKIP");
  expect(answer).toMatchObject({ refund: null, userErrors: [], entitlement: { state: "AVAILABLE" } });
});

test("an entitlement that cannot be refunded has a blocker", async () => {
  const answer = await refund(await entitlementIdOf(app, "EDX-1016"));
  expect(answer.userErrors).toMatchObject([
    { code: "ENTITLEMENT_NOT_REFUNDABLE", blocker: "REFUND_PERIOD_OVER", field: ["input", "entitlementId"] },
  ]);
});

test("another learner's entitlement counts as missing", async () => {
  const id = await aSpentEntitlement(app);
  const { data } = await ask<{ unenrollAndRefund: Refunded }>(app, bob, MUTATION, {
    input: { entitlementId: id, refund: "REQUEST" },
  });
  expect(data!.unenrollAndRefund.userErrors).toMatchObject([{ code: "ENTITLEMENT_NOT_FOUND" }]);
});

describe("a refund that an agent must decide", () => {
  const RESOLVE = `mutation($input: ResolveRefundInput!) { resolveRefund(input: $input) {
    entitlement { state supportDetails(first: 1) { edges { node { action comments } } } }
    refund { state } userErrors { code field }
  } }`;
  const LIST = `{ refunds(filter: { states: [NEEDS_REVIEW] }, first: 5) {
    edges { node { id state detail entitlement { id state } } } pageInfo { hasNextPage } } }`;

  async function inReview(): Promise<{ id: string; refundId: string }> {
    const id = await aSpentEntitlement(app);
    const [row] = await app.db.query<{ id: string }[]>(
      `insert into refund (entitlement_id, order_number, state, attempt, answer, detail, created_at, modified_at)
       values ($1, 'X', 'NEEDS_REVIEW', 2, 'REFUSED', 'HTTP_400', now(), now()) returning id`,
      [id],
    );
    return { id, refundId: row!.id };
  }
  async function resolve(refundId: string, outcome: string) {
    const input = { refundId, outcome, comments: "The shop's ledger says so." };
    const { data, errors } = await ask<{ resolveRefund: Record<string, unknown> }>(app, grace, RESOLVE, {
      input,
    });
    expect(errors).toBeUndefined();
    return data!.resolveRefund;
  }

  test("is in the list for support", async () => {
    const { refundId, id } = await inReview();
    const { data } = await ask<{ refunds: { edges: { node: object }[] } }>(app, grace, LIST);
    expect(data!.refunds.edges[0]!.node).toMatchObject({
      id: refundId,
      detail: "HTTP_400",
      entitlement: { id },
    });
  });

  test("can be decided as succeeded: the entitlement expires, and a support detail records the comments", async () => {
    const { id, refundId } = await inReview();
    expect(await resolve(refundId, "SUCCEEDED")).toMatchObject({
      refund: { state: "SUCCEEDED" },
      userErrors: [],
      entitlement: {
        state: "REFUNDED",
        supportDetails: {
          edges: [{ node: { action: "RESOLVE_REFUND", comments: "The shop's ledger says so." } }],
        },
      },
    });
    expect(await settled(id)).toMatchObject({ state: "REFUNDED" });
    expect(await resolve(refundId, "FAILED")).toMatchObject({
      userErrors: [{ code: "REFUND_NOT_IN_REVIEW" }],
    });
  });

  test("can be decided as failed: the entitlement can be changed again", async () => {
    const { id, refundId } = await inReview();
    expect(await resolve(refundId, "FAILED")).toMatchObject({
      refund: { state: "FAILED" },
      entitlement: { state: "FULFILLED_CHANGEABLE" },
    });
    expect(await refund(id)).toMatchObject({ refund: { state: "SUCCEEDED" } });
  });
});

test("a timeline shows the steps of a refund, and learners do not see the answers of the shop", async () => {
  const id = await entitlementIdOf(app, "-DECLINED");
  await refund(id);
  const question = `query ($id: ID!) { entitlement(id: $id) { history(filter: { entityTypes: [REFUND] }) { edges { node {
    reason changes { field to } state { ... on Refund { state history { edges { node { id } } } } } } } } } }`;
  interface Answer {
    entitlement: {
      history: { edges: { node: { changes: { field: string }[]; state: { state: string } } }[] };
    };
  }
  for (const asking of [ada, grace]) {
    const { data, errors } = await ask<Answer>(app, asking, question, { id });
    expect(errors).toBeUndefined();
    const entries = data!.entitlement.history.edges.map(({ node }) => node);
    expect(entries.slice(0, 2).map(({ state }) => state.state)).toEqual(["FAILED", "REQUESTED"]);
    const told = new Set(entries[0]!.changes.map(({ field }) => field));
    for (const field of ["answer", "detail"]) expect(told.has(field)).toBe(asking === grace);
  }
});
