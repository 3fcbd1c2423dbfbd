import { embeddedLedger, refundViolations } from "../../../src/proof/refund-invariants";
import { brokenRows } from "../../../src/proof/verify";
import { enrollmentId, type EnrollmentChange, type Standing } from "../../fake-edx/world/world";
import type { Subject } from "./run";
import type { LmsSchedule } from "./schedule";
import type { Asked } from "./unreliable-lms";
import type { LmsWorld } from "./world";

/** A promise that a schedule has broken. */
export interface Broken {
  promise: Promised;
  detail: string;
  schedule: LmsSchedule;
  /** What has happened, for people. */
  story: readonly string[];
}

/** What is promised about enrollments in the LMS, once everything is quiet or, for requests, always. */
export type Promised =
  | "L1 one paid seat for an entitlement"
  | "L2 no paid seat without an entitlement that is redeemed for it"
  | "L3 no seat of ours after a refund or a revocation"
  | "L4 a redeemed entitlement has its seat"
  | "L5 no paid seat becomes a free one, unless a revocation says so"
  | "L6 what was bought elsewhere is not changed"
  | "L7 a change follows a look at what it changes"
  | "L8 our rows agree with the LMS"
  | "L9 everything is settled in the end"
  | "L10 no second refund"
  | "L11 every change has its entry in history"
  | "L12 no failure without a fault";

interface Entitlement {
  id: string;
  run: string | null;
  isPending: boolean;
  cause: string | null;
}

/** What a schedule has broken of the promises that hold before the enrollments are reconciled. */
export async function judge(world: LmsWorld, subject: Subject): Promise<Broken[]> {
  const { broken, break_ } = notes(subject);
  const entitlements = await entitlementsOf(world, subject);
  for (const run of subject.runs) judgeSeat(world, run, entitlements, break_);
  judgeRequests(world, subject, break_);
  if (subject.isStuck || entitlements.some(({ isPending }) => isPending))
    break_("L9 everything is settled in the end", JSON.stringify(entitlements));
  for (const surprise of subject.surprises) break_("L12 no failure without a fault", surprise);
  return broken;
}

/** What it has broken of those that hold once the enrollments are reconciled. */
export async function judgeReconciled(world: LmsWorld, subject: Subject): Promise<Broken[]> {
  const { broken, break_ } = notes(subject);
  await judgeRows(world, subject, break_);
  for (const { run } of await entitlementsOf(world, subject))
    if (run !== null && !world.edx.world.enrollments.get(enrollmentId("ada", run))?.isActive)
      break_("L4 a redeemed entitlement has its seat", run);
  return broken;
}

function notes({ schedule, story }: Subject): { broken: Broken[]; break_: Break } {
  const broken: Broken[] = [];
  return { broken, break_: (promise, detail) => void broken.push({ promise, detail, schedule, story }) };
}

const entitlementsOf = ({ app }: LmsWorld, { ids }: Subject) =>
  app.db.query<Entitlement[]>(
    `select e.id, n.course_run_key as run, e.pending_enrollment_id is not null as "isPending",
       e.expiry_cause as cause
     from course_entitlement e left join course_enrollment n on n.id = e.enrollment_id where e.id = any($1)`,
    [ids.filter(Boolean)],
  );

type Break = (promise: Promised, detail: string) => void;

const isPaid = (seat: Standing | null | undefined) => !!seat?.isActive && seat.mode !== "audit";

/** The seat that the learner has in a run at the end. */
function judgeSeat({ edx }: LmsWorld, run: string, entitlements: Entitlement[], break_: Break): void {
  const changes = edx.world.changes.filter(({ courseRunKey }) => courseRunKey === run);
  const seat = edx.world.enrollments.get(enrollmentId("ada", run));
  const isOurs = changes.at(-1)?.by === "api";
  const holder = entitlements.find((each) => each.run === run);
  const detail = `${run} is ${seat?.mode} ${seat?.isActive ? "active" : "inactive"}, ${JSON.stringify(entitlements)}`;
  // A free seat that others have made of a paid one is told to support, and the entitlement stays redeemed for it.
  if (holder && !(isOurs ? isPaid(seat) : seat?.isActive))
    break_("L4 a redeemed entitlement has its seat", detail);
  if (holder || !isOurs || !isPaid(seat)) return;
  const isTakenBack = (cause: string | null) => cause === "REFUNDED" || cause === "REVOKED";
  if (entitlements.some((each) => each.run !== null)) break_("L1 one paid seat for an entitlement", detail);
  else if (entitlements.some(({ cause }) => isTakenBack(cause)))
    break_("L3 no seat of ours after a refund or a revocation", detail);
  else break_("L2 no paid seat without an entitlement that is redeemed for it", detail);
}

/** Each request that may change something, by what a look had shown just before. */
function judgeRequests({ edx }: LmsWorld, { asked, schedule }: Subject, break_: Break): void {
  const mayBecomeAuditor = schedule.given.some(({ command }) => command === "revokeToAudit");
  for (const [i, post] of asked.entries()) {
    if (post.method !== "POST") continue;
    const look = asked
      .slice(0, i)
      .findLast(
        (each) => each.method === "GET" && each.run === post.run && each.requestId === post.requestId,
      );
    const detail = `${post.requestId} ${post.run} ${JSON.stringify(post.wish)} after ${JSON.stringify(look?.seen)}`;
    const mayPost = look?.seen !== undefined && (post.wish.is_active !== false || look.seen?.isActive);
    if (!mayPost) {
      break_("L7 a change follows a look at what it changes", detail);
      continue;
    }
    if (post.changes.length === 0) continue;
    const between = edx.world.changes
      .slice(look.at, post.at)
      .filter((each) => each.courseRunKey === post.run);
    const isExcused = between.some(({ by }) => by === "outside") || isOvertaken(asked, look, post);
    if (between.length > 0 && !isExcused)
      break_("L7 a change follows a look at what it changes", `${detail}, and ${between.length} changes`);
    if (!isExcused) judgeChange(post.changes, mayBecomeAuditor, detail, break_);
  }
}

/** Whether the LMS has worked on a request longer than its caller waited, and on another one meanwhile. */
function isOvertaken(asked: Asked[], look: Asked, post: Asked): boolean {
  return asked.some(
    (each) => each.run === post.run && each.isLate && each.at >= look.at && each.at <= post.at,
  );
}

function judgeChange(
  changes: EnrollmentChange[],
  mayBecomeAuditor: boolean,
  detail: string,
  break_: Break,
): void {
  const from = changes[0]!.from;
  const to = changes.at(-1)!.to;
  if (from?.isActive && from.mode === "professional")
    break_("L6 what was bought elsewhere is not changed", detail);
  const isDowngrade = changes.some(
    (change) => change.from?.mode === "verified" && change.to.mode !== "verified",
  );
  if (isDowngrade && !(mayBecomeAuditor && to.isActive))
    break_("L5 no paid seat becomes a free one, unless a revocation says so", detail);
}

/** Our copies of the enrollments. */
async function judgeRows({ app, edx }: LmsWorld, { runs }: Subject, break_: Break): Promise<void> {
  const rows = await app.db.query<{ run: string; mode: string; isActive: boolean; call: string | null }[]>(
    `select course_run_key as run, n.mode, is_active as "isActive", state as call
     from course_enrollment n left join enrollment_call using (id) where course_run_key = any($1)`,
    [runs],
  );
  for (const { run, mode, isActive, call } of rows) {
    const last = edx.world.changes.findLast(({ courseRunKey }) => courseRunKey === run);
    const seat = last?.to ?? { isActive: false, mode };
    const isSame = seat.isActive === isActive && (!isActive || seat.mode === mode);
    if (!isSame)
      break_(
        "L8 our rows agree with the LMS",
        `${run} is ${mode} ${isActive} here, ${JSON.stringify(seat)} there`,
      );
    if (call && call !== "DONE" && call !== "REFUSED")
      break_("L9 everything is settled in the end", `${run}: ${call}`);
  }
}

/** What is promised about refunds and history, for all schedules at once: of the whole database. */
export async function judgeAll(
  { app }: LmsWorld,
  subjects: ReadonlyMap<string, LmsSchedule>,
): Promise<Broken[]> {
  const broken: Broken[] = [];
  const paid = await embeddedLedger(app.db);
  for (const { invariant, entitlementId, detail } of await refundViolations(app.db, {
    paid,
    settlesWithinMs: 0,
  })) {
    const schedule = subjects.get(entitlementId);
    if (schedule)
      broken.push({
        promise: "L10 no second refund",
        detail: `${invariant}: ${detail}`,
        schedule,
        story: [],
      });
  }
  for await (const { table, id, fault } of brokenRows(app.db.manager)) {
    const schedule = subjects.get(id) ?? subjects.values().next().value!;
    broken.push({
      promise: "L11 every change has its entry in history",
      detail: `${table} ${id}: ${fault}`,
      schedule,
      story: [],
    });
  }
  return broken;
}
