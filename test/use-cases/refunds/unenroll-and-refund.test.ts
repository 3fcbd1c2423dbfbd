import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../../src/app";
import { composeRefundRate } from "../../../src/compose/gateways";
import { loadConfig } from "../../../src/config";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { Refund } from "../../../src/entities/refund";
import { toEntitlement } from "../../../src/graphql/types/entitlements/course-entitlement";
import { entitlementsById } from "../../../src/reads/entitlement-facts";
import { liveRefundOf } from "../../../src/reads/refunds";
import type { RefundOutcome } from "../../../src/gateways/refund/refund-gateway";
import { enrollAndFulfill } from "../../../src/use-cases/sessions/enroll-and-fulfill";
import { reissueEntitlement } from "../../../src/use-cases/entitlements/reissue-entitlement";
import { expireDueEntitlements } from "../../../src/use-cases/entitlements/expire-due-entitlements";
import { leaveSession } from "../../../src/use-cases/sessions/leave-session";
import type { Call } from "../../../src/use-cases/command";
import { transact } from "../../../src/store/transact";
import { settle } from "../../../src/use-cases/attempts/attempt";
import { REFUNDS } from "../../../src/use-cases/refunds/refund-outbox";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { switchSession } from "../../../src/use-cases/sessions/switch-session";
import { unenrollAndRefund } from "../../../src/use-cases/refunds/unenroll-and-refund";
import { useDemoApp, bob, grace } from "../../support/demo-app";
import {
  aSpentEntitlement,
  endPauses,
  entitlementIdOf,
  everythingOf,
  requestOf,
  SYSTEM,
  withShop,
} from "../../support/refunds";

const app = useDemoApp({ REFUND_DEADLINE_MS: "3000" });
afterEach(() => app.db.query("delete from refund"));

const ACCEPTED: RefundOutcome = { kind: "accepted", refs: ["RF-1"] };
const UNKNOWN: RefundOutcome = { kind: "unknown", cause: "time-out" };
const REFUSED: RefundOutcome = { kind: "refused", code: "NO" };
const NOT_SENT: RefundOutcome = { kind: "notSent", cause: "ECONNREFUSED" };

async function ask(at: App, id: string) {
  return unenrollAndRefund(requestOf(at), { entitlementId: id, refund: "REQUEST" });
}

/** Asks a shop whose outcome stays unknown, with a short deadline. */
async function doubt(at: App, id: string): Promise<void> {
  const refund = { ...at.config.refund, deadlineMs: 50 };
  const answer = await ask({ ...at, config: { ...at.config, refund } }, id);
  expect(["REQUESTED", "IN_DOUBT"]).toContain(answer.refund!.state);
  while ((await liveRefundOf(at.db, id))!.state === "REQUESTED") await sleep(10);
}

/** Ends the pauses and leases of all refunds. */
async function later(at: App): Promise<App> {
  await endPauses(at);
  return at;
}

test("E8: an accepted refund ends the enrollment and the entitlement, with the learner as the author in the history", async () => {
  const id = await aSpentEntitlement(app);
  const before = await app.db.query<{ enrollment_id: string }[]>(
    "select enrollment_id from course_entitlement where id = $1",
    [id],
  );
  const { entitlement, refund } = await ask(app, id);
  expect(refund).toMatchObject({ state: "SUCCEEDED", answer: "ACCEPTED", nextAttemptAt: null });
  expect(entitlement).toMatchObject({ enrollment: null, expiryCause: "REFUNDED", redeemedAt: null });
  expect(entitlement.expiredAt).toBeInstanceOf(Date);
  const [enrollment] = await app.db.query<unknown[]>(
    "select is_active from course_enrollment where id = $1",
    [before[0]!.enrollment_id],
  );
  expect(enrollment).toEqual({ is_active: false });
  const history = await app.db.query<unknown[]>(
    `select history_change_reason as reason, history_user_label as label, history_request_id as request
     from historical_course_entitlement where id = $1 order by history_id desc limit 1`,
    [id],
  );
  expect(history).toEqual([{ reason: "unenrollAndRefund", label: "ada", request: "request-1" }]);
});

test.each([
  ["E10: the shop refuses", REFUSED, "REFUND_FAILED"],
  ["the shop cannot be reached", NOT_SENT, "REFUND_UNAVAILABLE"],
])("when %s, nothing changes and the refusal says so", async (_name, outcome, code) => {
  const id = await aSpentEntitlement(app);
  const before = await everythingOf(app, id);
  const { app: shop } = withShop(app, () => outcome);
  await expect(ask(shop, id)).rejects.toMatchObject({
    code,
    message: expect.stringContaining("Nothing has changed.") as string,
  });
  expect(await everythingOf(app, id)).toBe(before);
  expect(await liveRefundOf(app.db, id)).toBeNull();
});

test("after a refusal, the next request is a new refund with a new key", async () => {
  const id = await aSpentEntitlement(app);
  const { app: shop, asked } = withShop(app, (nth) => (nth === 1 ? REFUSED : ACCEPTED));
  await expect(ask(shop, id)).rejects.toMatchObject({ code: "REFUND_FAILED" });
  expect((await ask(shop, id)).refund?.state).toBe("SUCCEEDED");
  expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
});

test("E9: an entitlement that cannot be refunded is refused with the reason, before the shop is asked", async () => {
  const id = await entitlementIdOf(app, "EDX-1016");
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  await expect(ask(shop, id)).rejects.toMatchObject({
    code: "ENTITLEMENT_NOT_REFUNDABLE",
    details: { blocker: "REFUND_PERIOD_OVER" },
  });
  await expect(
    unenrollAndRefund(requestOf(shop, bob), { entitlementId: id, refund: "REQUEST" }),
  ).rejects.toMatchObject({ code: "ENTITLEMENT_NOT_FOUND" });
  expect(asked).toEqual([]);

  // The learner could leave this run without a refund: the refusal does not end the enrollment.
  const spent = await aSpentEntitlement(app);
  await transact(app.db, { ...SYSTEM, reason: "test" }, (tx) =>
    tx.save(CourseEntitlement, { id: spent, refundLocked: true }),
  );
  const before = await everythingOf(app, spent);
  await expect(ask(shop, spent)).rejects.toMatchObject({ details: { blocker: "REFUND_LOCKED" } });
  expect(await everythingOf(app, spent)).toBe(before);
  expect(await liveRefundOf(app.db, spent)).toBeNull();
  expect(asked).toEqual([]);
});

test("where refunds are disabled, the field and the command say so, and nothing is stored", async () => {
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  const off = { ...shop, config: loadConfig({ REFUND_SHOP: "none" }) };
  const id = await aSpentEntitlement(app);
  const before = await everythingOf(app, id);
  await expect(ask(off, id)).rejects.toMatchObject({
    code: "ENTITLEMENT_NOT_REFUNDABLE",
    details: { blocker: "REFUNDS_NOT_HANDLED" },
  });
  expect(asked).toEqual([]);
  expect(await everythingOf(app, id)).toBe(before);
  expect(await app.db.manager.countBy(Refund, { entitlementId: id })).toBe(0);
  const blockerOf = async (at: App, entitlementId: string) => {
    const [facts] = await entitlementsById(app.db, [entitlementId]);
    return toEntitlement({ app: at, now: app.clock() } as Parameters<typeof toEntitlement>[0], facts!)
      .refundBlocker;
  };
  expect(await blockerOf(app, id)).toBeNull();
  expect(await blockerOf(off, id)).toBe("REFUNDS_NOT_HANDLED");
  // A blocker of the entitlement itself comes first.
  const old = await entitlementIdOf(app, "EDX-1016");
  expect(await blockerOf(off, old)).toBe("REFUND_PERIOD_OVER");
});

test("a reissue where refunds are disabled does not lock refunds", async () => {
  const id = await aSpentEntitlement(app);
  const off = { ...app, config: loadConfig({ REFUND_SHOP: "none" }) };
  const reissued = await reissueEntitlement(requestOf(off, grace), { entitlementId: id, comments: "x" });
  expect(reissued.refundLocked).toBe(false);
});

test("a fault that would prevent the final transaction is found before the shop is asked, and not counted", async () => {
  const id = await aSpentEntitlement(app);
  await app.db.query(`
    create function never_refund() returns trigger language plpgsql as $$ begin raise 'never'; end $$;
    create trigger never_refund before update on course_entitlement for each row
      when (new.expiry_cause = 'REFUNDED') execute function never_refund()`);
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  const refundRate = composeRefundRate({ ...app.config, refundsPerHour: { learner: 1, agent: 1 } });
  await expect(ask({ ...shop, refundRate }, id)).rejects.toThrow("never");
  expect(asked).toEqual([]);
  expect(await liveRefundOf(app.db, id)).toBeNull();
  await app.db.query("drop function never_refund cascade");
  expect((await ask({ ...shop, refundRate }, id)).refund?.state).toBe("SUCCEEDED");
});

test("a refund beyond those of an hour is refused before anything is stored or asked", async () => {
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  const refundRate = composeRefundRate({ ...app.config, refundsPerHour: { learner: 1, agent: 1 } });
  const [first, second] = [await aSpentEntitlement(app), await aSpentEntitlement(app)];
  await ask({ ...shop, refundRate }, first);
  await expect(ask({ ...shop, refundRate }, second)).rejects.toThrow("At most 1 refunds an hour");
  expect(asked).toHaveLength(1);
  expect(await liveRefundOf(app.db, second)).toBeNull();
});

describe("while the outcome of the refund is not known", () => {
  let id: string;
  let before: string;
  let shop: App;
  beforeEach(async () => {
    id = await aSpentEntitlement(app);
    before = await everythingOf(app, id);
    ({ app: shop } = withShop(app, () => UNKNOWN));
    await doubt(shop, id);
  });

  test("the entitlement is unchanged, and the refund gives the instant of the next attempt", async () => {
    expect(await everythingOf(app, id)).toBe(before);
    const refund = await liveRefundOf(app.db, id);
    expect(refund?.nextAttemptAt!.getTime()).toBeGreaterThan(refund!.modifiedAt.getTime());
  });

  test.each<[string, (call: Call, entitlementId: string) => Promise<unknown>]>([
    ["switch", (request, entitlementId) => switchSession(request, { entitlementId, courseRunKey: "a/b/c" })],
    ["leave", (request, entitlementId) => leaveSession(request, { entitlementId })],
    [
      "enroll",
      (request, entitlementId) => enrollAndFulfill(request, { entitlementId, courseRunKey: "a/b/c" }),
    ],
    ["unenroll", (request, entitlementId) => unenrollAndRefund(request, { entitlementId, refund: "SKIP" })],
  ])("no caller can %s", async (_name, command) => {
    await expect(command(requestOf(app), id)).rejects.toMatchObject({ code: "REFUND_PENDING" });
    expect(await everythingOf(app, id)).toBe(before);
  });

  test("the entitlement does not expire", async () => {
    await app.db.query(
      "update course_entitlement set created_at = now() - interval '1000 days' where id = $1",
      [id],
    );
    await expireDueEntitlements(app, { source: "JOB", requestId: null });
    const [row] = await app.db.query<unknown[]>("select expired_at from course_entitlement where id = $1", [
      id,
    ]);
    expect(row).toEqual({ expired_at: null });
  });

  test("a repeated request returns the same refund and does not ask the shop", async () => {
    const { app: other, asked } = withShop(app, () => ACCEPTED);
    const { refund } = await ask(other, id);
    expect(refund).toMatchObject({ id: (await liveRefundOf(app.db, id))!.id, state: "IN_DOUBT" });
    expect(asked).toEqual([]);
  });

  test("the sweep asks the shop again with the same key, and settles the refund", async () => {
    const { app: answering, asked } = withShop(await later(app), () => ACCEPTED);
    expect(await sweepRefunds(answering)).toBe(1);
    const refund = await liveRefundOf(app.db, id);
    expect(refund).toMatchObject({ state: "SUCCEEDED", attempt: 2, shopReferences: ["RF-1"] });
    expect(asked).toMatchObject([{ key: refund!.id, username: "ada", entitlementId: id }]);
    expect(await everythingOf(app, id)).not.toBe(before);
  });

  test("a later refusal fails the refund for a shop with idempotency keys, and otherwise an agent must decide", async () => {
    await sweepRefunds(withShop(await later(app), () => REFUSED, false).app);
    expect(await liveRefundOf(app.db, id)).toMatchObject({ state: "NEEDS_REVIEW", nextAttemptAt: null });
    expect(await everythingOf(app, id)).toBe(before);
  });

  test("a later refusal under the same key fails the refund, and the entitlement is unchanged", async () => {
    await sweepRefunds(withShop(await later(app), () => REFUSED).app);
    expect(await liveRefundOf(app.db, id)).toBeNull();
    expect(await everythingOf(app, id)).toBe(before);
  });

  test("a later attempt that does not reach the shop leaves the outcome unknown", async () => {
    await sweepRefunds(withShop(await later(app), () => NOT_SENT).app);
    expect(await liveRefundOf(app.db, id)).toMatchObject({ state: "IN_DOUBT", attempt: 2 });
  });

  test("after 23 hours the shop is not asked any more, and an agent must decide", async () => {
    const { app: answering, asked } = withShop(app, () => ACCEPTED);
    const nextDay = new Date(Date.now() + 24 * 3_600_000);
    await sweepRefunds({ ...(await later(answering)), clock: () => nextDay });
    expect(await liveRefundOf(app.db, id)).toMatchObject({ state: "NEEDS_REVIEW" });
    expect(asked).toEqual([]);
  });

  test("the answer to an earlier attempt counts when the shop accepted, and not when it refused", async () => {
    const first = (await liveRefundOf(app.db, id))!;
    await sweepRefunds(withShop(await later(app), () => UNKNOWN).app);
    await settle(app, REFUNDS, SYSTEM, first, REFUSED);
    expect(await liveRefundOf(app.db, id)).toMatchObject({
      state: "IN_DOUBT",
      attempt: 2,
      answer: "UNKNOWN",
    });
    await settle(app, REFUNDS, SYSTEM, first, ACCEPTED);
    expect(await liveRefundOf(app.db, id)).toMatchObject({ state: "SUCCEEDED" });
  });

  test("several simultaneous sweeps ask the shop once", async () => {
    const { app: answering, asked } = withShop(await later(app), () => ACCEPTED);
    await Promise.all([1, 2, 3, 4].map(() => sweepRefunds(answering)));
    expect(asked).toHaveLength(1);
  });
});

test("two simultaneous requests make one refund", async () => {
  const id = await aSpentEntitlement(app);
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(shop, id)));
  expect(new Set(answers.map(({ refund }) => refund!.id)).size).toBe(1);
  expect(asked).toHaveLength(1);
  expect(await app.db.manager.countBy(Refund, { entitlementId: id })).toBe(1);
});

test("a repeated request after success returns the same refund", async () => {
  const id = await aSpentEntitlement(app);
  const first = await ask(app, id);
  expect(await ask(app, id)).toEqual(first);
});

test("after five unknown outcomes the shop is not asked for a while, and nothing changes", async () => {
  const { app: shop, asked } = withShop(app, () => UNKNOWN);
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => aSpentEntitlement(app)));
  await Promise.all(ids.map((id) => doubt(shop, id)));
  const id = await aSpentEntitlement(app);
  const before = asked.length;
  await expect(ask(shop, id)).rejects.toMatchObject({ code: "REFUND_UNAVAILABLE" });
  expect(asked.length).toBe(before);
  expect(await app.db.getRepository(Refund).countBy({ entitlementId: id })).toBe(0);
});

test("leaving without a refund keeps the entitlement and does not ask the shop", async () => {
  const id = await aSpentEntitlement(app);
  const { app: shop, asked } = withShop(app, () => ACCEPTED);
  const { entitlement, refund } = await unenrollAndRefund(requestOf(shop), {
    entitlementId: id,
    refund: "SKIP",
  });
  expect(refund).toBeNull();
  expect(entitlement).toMatchObject({ enrollment: null, expiredAt: null });
  expect(asked).toEqual([]);
});

test("a final state of a refund never changes, whoever writes", async () => {
  const id = await aSpentEntitlement(app);
  const { refund } = await ask(app, id);
  await expect(
    app.db.query("update refund set state = 'FAILED' where id = $1", [refund!.id]),
  ).rejects.toThrow("SUCCEEDED for good");
});
