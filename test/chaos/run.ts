import { setTimeout as sleep } from "node:timers/promises";
import { refundViolations, type Violation } from "../../src/proof/refund-invariants";
import { Refund } from "../../src/entities/refund";
import { ada, grace } from "../support/demo-app";
import { asker } from "../support/http";
import { aSpentEntitlement } from "../support/refunds";
import { DEADLINE_MS, type World } from "./world";
import type { Schedule } from "./schedule";

/** How often each answer was given. */
export const told = new Map<Answer, number>();

/** The longest time that a batch took to recover, for the report. */
export const healing = { slowestMs: 0 };

/** The answer to a caller: done, nothing has changed, pending, or no answer. */
export type Answer = "done" | "failed" | "unavailable" | "pending" | "refused" | "nothing";

/** A schedule that violated an invariant. */
export interface Broken extends Violation {
  schedule: Schedule;
  answers: Answer[];
}

interface Subject {
  schedule: Schedule;
  id: string;
  orderNumber: string;
  answers: Answer[];
}

const CLICKS_AT_MOST = 4;
/** How long a due refund may wait for a server that takes it over, also on a slow machine. */
const TAKEN_UP_WITHIN_MS = 60_000;
/** A session of a busy server may wait this long within a transaction. */
const LEFT_AFTER_S = 4;
/** Far more than a busy machine needs. */
const HEALS_WITHIN_MS = 300_000;
const REFUND = `mutation($id: ID!) { unenrollAndRefund(input: { entitlementId: $id, refund: REQUEST }) {
  refund { state } userErrors { code } } }`;
const BESIDE: Record<NonNullable<Schedule["beside"]>["command"], string> = {
  leaveSession: "mutation($id: ID!) { leaveSession(input: { entitlementId: $id }) { userErrors { code } } }",
  switchSession: `mutation($id: ID!) { switchSession(input: { entitlementId: $id, courseRunKey: "course-v1:a+b+c" }) {
    userErrors { code } } }`,
  expireEntitlement: `mutation($id: ID!) { expireEntitlement(input: { entitlementId: $id, comments: "chaos" }) {
    userErrors { code } } }`,
};

/**
 * Runs schedules at the same time, each on its own entitlement, waits until everything has recovered, and checks every
 * invariant.
 */
export async function runBatch(world: World, schedules: readonly Schedule[]): Promise<Broken[]> {
  const subjects = await Promise.all(schedules.map((schedule) => prepare(world, schedule)));
  world.shop.script = ({ orderNumber }, nth) => {
    const schedule = subjects.find((subject) => subject.orderNumber === orderNumber)?.schedule;
    return schedule?.shop[nth - 1] ?? { effect: schedule?.ending ?? "pay", reply: "honest" };
  };
  await Promise.all(subjects.map((subject) => perform(world, subject)));
  await heal(world, subjects);
  return judge(world, subjects);
}

async function prepare(world: World, schedule: Schedule): Promise<Subject> {
  const id = await aSpentEntitlement(world.app, `-${schedule.seed}`);
  const [row] = await world.app.db.query<{ order_number: string }[]>(
    "select order_number from course_entitlement where id = $1",
    [id],
  );
  world.plan(row!.order_number, schedule);
  return { schedule, id, orderNumber: row!.order_number, answers: [] };
}

async function perform(world: World, { schedule, id, answers }: Subject): Promise<void> {
  const { clicks, beside } = schedule;
  const clicking = clicks.map(async ({ afterMs, server }) => {
    await sleep(afterMs);
    for (let tries = 0; tries < CLICKS_AT_MOST; tries++) {
      const answer = await click(world, server, id);
      answers.push(answer);
      told.set(answer, (told.get(answer) ?? 0) + 1);
      // A caller who gets no answer, or is asked to try again later, tries again.
      if (answer !== "nothing" && answer !== "unavailable") return;
      await sleep(2 * DEADLINE_MS);
    }
  });
  if (beside) {
    await sleep(beside.afterMs);
    const actor = beside.command === "expireEntitlement" ? grace : ada;
    await tell(world, 0, actor, BESIDE[beside.command], id);
  }
  await Promise.all(clicking);
}

async function click(world: World, server: number, id: string): Promise<Answer> {
  const said = await tell(world, server, ada, REFUND, id);
  const answer = said?.["unenrollAndRefund"] as
    { refund: { state: string } | null; userErrors: { code: string }[] } | undefined;
  if (!answer) return "nothing";
  if (answer.refund) return answer.refund.state === "SUCCEEDED" ? "done" : "pending";
  const { code } = answer.userErrors[0]!;
  return code === "REFUND_FAILED" ? "failed" : code === "REFUND_UNAVAILABLE" ? "unavailable" : "refused";
}

/** It reads as a service, because no other role may read that much. */
async function tell(world: World, server: number, actor: typeof ada, document: string, id: string) {
  try {
    const { body } = await asker(await world.url(server))({ ...actor, isService: true }, document, { id });
    return body.errors ? null : body.data;
  } catch {
    return null; // the server was killed
  }
}

/**
 * Waits until no refund is pending. That takes as long as the pauses between attempts, which grow with each attempt
 * that a busy machine has spoiled: no fixed time is right for all machines. But each live refund must be taken up soon
 * after it is due, by PostgreSQL's clock; one that is not is checked in its present state.
 */
async function heal({ app }: World, subjects: readonly Subject[]): Promise<void> {
  const ids = subjects.map(({ id }) => id);
  const start = Date.now();
  while (Date.now() - start < HEALS_WITHIN_MS) {
    const [row] = await app.db
      .query<[{ live: number; abandoned: number }]>(
        `select count(*)::int as live,
           count(*) filter (where next_attempt_at < clock_timestamp() - $2 * interval '1 ms')::int as abandoned
         from refund where entitlement_id = any($1) and state in ('REQUESTED', 'IN_DOUBT')`,
        [ids, TAKEN_UP_WITHIN_MS],
      )
      .catch(() => [{ live: 1, abandoned: 0 }]); // PostgreSQL is coming back
    if (row.live === 0 || row.abandoned > 0) break;
    await sleep(DEADLINE_MS / 4);
  }
  healing.slowestMs = Math.max(healing.slowestMs, Date.now() - start);
}

async function judge({ app, shop }: World, subjects: readonly Subject[]): Promise<Broken[]> {
  const paid = new Map<string, number>();
  for (const id of shop.paid) paid.set(id, (paid.get(id) ?? 0) + 1);
  const found = await refundViolations(app.db, { paid, settlesWithinMs: 0 });
  for (const subject of subjects) found.push(...(await dishonesty(app, subject, paid.get(subject.id) ?? 0)));
  if (await isLeftInTransaction(app))
    found.push({
      invariant: "I11 no session is left in a transaction",
      entitlementId: "",
      detail: `for ${LEFT_AFTER_S} s`,
    });
  return found.flatMap((violation) => {
    const subject = subjects.find(({ id }) => id === violation.entitlementId) ?? null;
    const isNew = subject ?? (violation.entitlementId === "" && subjects[0]);
    return isNew ? [{ ...violation, schedule: isNew.schedule, answers: isNew.answers }] : [];
  });
}

/** Whether some session has been left in a transaction, where it stays until PostgreSQL ends it after 5 s. */
async function isLeftInTransaction({ db }: World["app"]): Promise<boolean> {
  for (;;) {
    const [row] = await db.query<[{ idleS: number }]>(
      `select coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)::float8 as "idleS"
       from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    if (row.idleS < 1) return false; // a server that is at work
    if (row.idleS > LEFT_AFTER_S) return true;
    await sleep(100);
  }
}

/** I5: an answer "done" means that it is done; an answer "nothing has changed" means that nothing has. */
async function dishonesty(
  { db }: World["app"],
  { id, answers }: Subject,
  paid: number,
): Promise<Violation[]> {
  const refunds = await db.manager.findBy(Refund, { entitlementId: id });
  const has = (state: string) => refunds.some((refund) => refund.state === state);
  const lies: string[] = [];
  if (answers.includes("done") && !(has("SUCCEEDED") && paid === 1)) lies.push("told done");
  if (answers.includes("failed") && !has("FAILED")) lies.push("told failed");
  const isAllNo = answers.every((answer) => answer === "failed" || answer === "unavailable");
  if (isAllNo && (paid > 0 || refunds.some(({ state }) => state !== "FAILED"))) lies.push("told unchanged");
  return lies.map((detail) => ({ invariant: "I5 honest answers", entitlementId: id, detail }));
}
