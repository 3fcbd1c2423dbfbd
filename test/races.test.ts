import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../src/refusal";
import { enrollAndFulfill } from "../src/use-cases/sessions/enroll-and-fulfill";
import { expireDueEntitlements } from "../src/use-cases/entitlements/expire-due-entitlements";
import { expireEntitlement } from "../src/use-cases/entitlements/expire-entitlement";
import { leaveSession } from "../src/use-cases/sessions/leave-session";
import { reissueEntitlement } from "../src/use-cases/entitlements/reissue-entitlement";
import { revokeEntitlement } from "../src/use-cases/entitlements/revoke-entitlement";
import { setRefundLock } from "../src/use-cases/entitlements/set-refund-lock";
import { switchSession } from "../src/use-cases/sessions/switch-session";
import { unenrollAndRefund } from "../src/use-cases/refunds/unenroll-and-refund";
import { UserAccount } from "../src/entities/accounts/user-account";
import { historyOf, stored, supportDetails } from "./support/stored";
import { aCourse, ago, anEntitlement, aRun, by, grace, put, shop, useApp } from "./support/world";

const app = useApp();
let runs: { course: string; first: string; second: string };
beforeAll(async () => {
  const course = aCourse();
  runs = { course, first: await aRun(app, course), second: await aRun(app, course) };
});

/** An entitlement of a learner of its own. */
interface World {
  learner: { userId: string; username: string };
  entitlementId: string;
}

const learner = ({ learner }: World) => by({ ...grace, isSupport: false, ...learner }, app);
const comments = "Race";

const OPERATIONS: Record<string, (world: World) => Promise<unknown>> = {
  enrollAndFulfill: (world) => enrollAndFulfill(learner(world), { ...world, courseRunKey: runs.first }),
  switchSession: (world) => switchSession(learner(world), { ...world, courseRunKey: runs.second }),
  leaveSession: (world) => leaveSession(learner(world), world),
  reissueEntitlement: (world) => reissueEntitlement(by(grace, app), { ...world, comments }),
  expireEntitlement: (world) => expireEntitlement(by(grace, app), { ...world, comments }),
  revokeEntitlement: (world) => revokeEntitlement(by(shop, app), { ...world, reason: "Race" }),
  setRefundLock: (world) => setRefundLock(by(grace, app), { ...world, isLocked: true, comments }),
  expireDueEntitlements: () => sweep(),
  unenrollAndRefund: (world) => unenrollAndRefund(learner(world), { ...world, refund: "REQUEST" }),
};
type Operation = keyof typeof OPERATIONS;

const STATES: Record<string, () => Parameters<typeof anEntitlement>[1]> = {
  unspent: () => ({}),
  spent: () => ({ run: runs.first }),
  lapsed: () => ({ createdAt: ago(731) }),
};

const sweep = () => expireDueEntitlements(app, { source: "JOB", requestId: null });

const REFUND = "unenrollAndRefund";
const isSweeping = (...operations: Operation[]) => operations.includes("expireDueEntitlements");

const names = Object.keys(OPERATIONS);
const pairs = names.flatMap((one, place) => names.slice(place).map((other) => [one, other] as const));

test.each(pairs)("%s and %s at once have the outcome of one order or the other", async (one, other) => {
  for (const state of isSweeping(one, other) ? ["unspent", "spent", "lapsed"] : ["unspent", "spent"]) {
    const possible = [await inTurn(state, one, other, false), await inTurn(state, one, other, true)];
    if (other === REFUND) possible.push(await whilePending(state, one));
    expect(possible).toContainEqual(await atOnce(state, one, other, false));
    expect(possible).toContainEqual(await atOnce(state, one, other, true));
  }
});

let people = 1_000;
async function aWorld(state: string): Promise<World> {
  const userId = String(++people);
  const username = `racer${userId}`;
  await put(app, UserAccount, { id: userId, username, isActive: true });
  const given = { id: randomUUID(), userId, courseUuid: runs.course, ...STATES[state]!() };
  return { learner: { userId, username }, entitlementId: await anEntitlement(app, given) };
}

/** The outcome of a command while a refund is pending: it is refused, and changes nothing. */
async function whilePending(state: string, name: Operation): Promise<Ending> {
  if (name === "revokeEntitlement") return settledByRevocation(state);
  const world = await aWorld(state);
  const refund = await answerOf(OPERATIONS[REFUND]!(world));
  return endingOf(world, [isSweeping(name) ? "done" : "REFUND_PENDING ", refund]);
}

/** The outcome of a revocation by the shop while its refund is pending: it settles the refund. */
async function settledByRevocation(state: string): Promise<Ending> {
  const ending = await inTurn(state, "revokeEntitlement", REFUND, false);
  return { ...ending, row: Object.assign({}, ending["row"], { expiryCause: "REFUNDED" }) };
}

/** The outcome when one command follows the other. */
async function inTurn(state: string, one: Operation, other: Operation, isReversed: boolean): Promise<Ending> {
  const world = await aWorld(state);
  const order = isReversed ? [other, one] : [one, other];
  const answers: unknown[] = [];
  for (const name of order) answers.push(await answerOf(OPERATIONS[name]!(world)));
  if (isSweeping(one, other)) await sweep();
  return endingOf(world, isReversed ? answers.toReversed() : answers);
}

/** The outcome when both have begun, and have made their reads without locks, before either continues. */
async function atOnce(state: string, one: Operation, other: Operation, isReversed: boolean): Promise<Ending> {
  const world = await aWorld(state);
  const answering = await app.db.transaction(async (holder) => {
    await holder.query("select from course_entitlement where id = $1 for update", [world.entitlementId]);
    const started = [];
    let pending = 0;
    for (const name of isReversed ? [other, one] : [one, other]) {
      pending++;
      const answer = answerOf(OPERATIONS[name]!(world)).finally(() => pending--);
      started.push(answer);
      await Promise.race([answer, untilWaiting(() => pending)]);
    }
    return started;
  });
  const answers = await Promise.all(answering);
  if (isSweeping(one, other)) await sweep(); // it skips a row that another transaction is changing, and returns to it
  return endingOf(world, isReversed ? answers.toReversed() : answers);
}

async function untilWaiting(pending: () => number): Promise<void> {
  for (;;) {
    const [row] = await app.db.query<{ waiting: number }[]>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (row!.waiting >= pending()) return;
    await sleep(1);
  }
}

/** The answer to the client: done, or the reason why not. */
async function answerOf(command: Promise<unknown>): Promise<string> {
  try {
    await command;
    return "done";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code} ${error.details.blocker ?? ""}`;
  }
}

type Ending = Record<string, unknown>;

/** The stored rows in the end, with names that are the same in every database, and the answers to both clients. */
async function endingOf(world: World, answers: unknown[]): Promise<Ending> {
  const { entitlementId: id } = world;
  const { id: _, userId: _user, orderNumber: _order, enrollmentId, ...row } = await stored(app, id);
  const enrollments = await app.db.query<{ id: string }[]>(
    "select id, course_run_key, mode, is_active from course_enrollment where user_id = $1 order by course_run_key",
    [world.learner.userId],
  );
  return {
    answers,
    row,
    spentOn: enrollments.findIndex((enrollment) => enrollment.id === enrollmentId),
    enrollments: enrollments.map(({ id: _enrollment, ...enrollment }) => enrollment),
    refunds: await app.db.query("select state from refund where entitlement_id = $1", [id]),
    notes: (await supportDetails(app, id))
      .map(({ action, unenrolledRunKey }) => `${action} ${unenrolledRunKey}`)
      .sort(),
    history: (await historyOf(app, id)).map((entry) => entry.history_change_reason),
  };
}

test.each(["enrollAndFulfill", "switchSession", "leaveSession", REFUND])(
  "%s does not wait for another learner's entitlement that is locked: it answers as for a missing one",
  async (name) => {
    const theirs = await aWorld("spent");
    const stranger = { ...(await aWorld("unspent")).learner };
    const refusalOf = (entitlementId: string) =>
      OPERATIONS[name]!({ learner: stranger, entitlementId }).catch((error: Refusal) => [
        error.code,
        error.message,
      ]);
    const missing = await refusalOf(randomUUID());
    expect(missing).toEqual(["ENTITLEMENT_NOT_FOUND", expect.any(String)]);
    await app.db.transaction(async (tx) => {
      await tx.query("select from course_entitlement where id = $1 for update", [theirs.entitlementId]);
      const before = performance.now();
      expect(await refusalOf(theirs.entitlementId)).toEqual(missing);
      expect(performance.now() - before).toBeLessThan(1_000);
    });
  },
);
