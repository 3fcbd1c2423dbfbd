import { Refusal } from "../../../src/refusal";
import { aCourse } from "../../support/lms";
import { enrollmentId } from "../../fake-edx/world/world";
import { give } from "./commands";
import { judge, judgeAll, judgeReconciled, type Broken } from "./judge";
import { currentLife, Killed, NoAnswer, type Life } from "./server";
import type { Fault, Given, LmsSchedule, Others } from "./schedule";
import type { Asked } from "./unreliable-lms";
import type { LmsWorld } from "./world";

/** Everything that is known of a schedule that runs. */
export interface Subject {
  schedule: LmsSchedule;
  courseUuid: string;
  runs: readonly [string, string];
  /** Its entitlements, in the order of their orders. */
  ids: string[];
  /** The requests of ours about the course. */
  asked: Asked[];
  /** Failures that no fault explains. */
  surprises: string[];
  /** Lets the work go on that stands still. */
  wake: (() => void) | undefined;
  /** What has happened, for people. */
  story: string[];
  /** Whether something was still to be done when everything should have been. */
  isStuck: boolean;
}

/** More than the longest pause between attempts, in deadlines of a call. */
const ROUND = 67;
const ROUNDS_AT_MOST = 12;
/** So that nobody asks too often: 1 min. */
const BEFORE = 61;

/**
 * Runs schedules one after another, lets everything recover after each, and returns the promises that are broken then.
 * `onEach` is told what each schedule has broken.
 */
export async function runSchedules(
  world: LmsWorld,
  schedules: readonly LmsSchedule[],
  onEach: (broken: Broken[]) => void = () => {},
): Promise<Broken[]> {
  const all: Broken[] = [];
  const byId = new Map<string, LmsSchedule>();
  for (const schedule of schedules) {
    const subject = await runOne(world, schedule);
    const broken = await judge(world, subject);
    await reconcile(world, subject, 2);
    broken.push(...(await judgeReconciled(world, subject)));
    for (const id of subject.ids) if (id) byId.set(id, schedule);
    all.push(...broken);
    onEach(broken);
  }
  const broken = await judgeAll(world, byId);
  onEach(broken);
  return [...all, ...broken];
}

async function runOne(world: LmsWorld, schedule: LmsSchedule): Promise<Subject> {
  await world.pass(BEFORE);
  const subject = await prepare(world, schedule);
  for (const given of schedule.given) {
    const wake = subject.wake;
    await perform(world, subject, given);
    const { pause, sweeps, reconciles, retries } = given;
    subject.story.push(
      `${pause} deadlines pass, ${sweeps} processes sweep, ${reconciles} reconcile, ${retries} retry`,
    );
    await world.pass(pause);
    const sweeping = world.sweep(world.servers.slice(0, sweeps));
    await reconcile(world, subject, reconciles);
    const retrying = world.retry(world.servers.slice(0, retries), subject.runs[given.run]);
    for (const error of await retrying) answerOf(subject, error);
    await sweeping;
    wake?.();
  }
  subject.story.push("all faults end");
  await heal(world, subject);
  return subject;
}

/** Lets so many processes reconcile the enrollments at once. */
async function reconcile(world: LmsWorld, subject: Subject, processes: number): Promise<void> {
  for (const error of await world.reconcile(world.servers.slice(0, processes), subject.runs))
    answerOf(subject, error);
}

async function prepare(world: LmsWorld, schedule: LmsSchedule): Promise<Subject> {
  const { courseUuid, one, two } = await aCourse(world);
  const subject: Subject = {
    schedule,
    courseUuid,
    runs: [one, two],
    ids: [],
    asked: [],
    surprises: [],
    wake: undefined,
    story: [],
    isStuck: false,
  };
  if (schedule.isAuditor) {
    world.edx.others.enroll("ada", one, "audit");
    await world.app.db.query(
      `insert into course_enrollment (user_id, course_run_key, mode, is_active, created_at)
       values (1, $1, 'audit', true, now())`,
      [one],
    );
  }
  const counted = { GET: 0, POST: 0 };
  world.lms.script = {
    before(asked) {
      subject.asked.push(asked);
      const nth = ++counted[asked.method];
      for (const others of schedule.others)
        if (others.before === subject.asked.length) interfere(world, subject, others);
      const fault = schedule.faults.find((each) => each.method === asked.method && each.nth === nth);
      tell(subject, asked, fault);
      return fault;
    },
    later: (deadlines, work) =>
      world.later(deadlines, () => {
        subject.story.push("a late effect comes");
        return work();
      }),
    // Another process makes the calls whose lease is over.
    async meanwhile() {
      await world.pass(2.5);
      await world.sweep(world.servers.slice(1));
    },
  };
  let visits = 0;
  const [kind, point] = schedule.step.split("@");
  world.onPoint = async (visited) => {
    if (visited !== point || ++visits !== schedule.visit) return;
    world.fired.push(schedule.step);
    subject.story.push(schedule.step);
    const life = currentLife()!;
    if (kind === "stop") await standStill(subject, life);
    if (kind === "loseCommit") life.server.wire.lose("lose");
    if (kind === "loseAnswer") life.server.wire.lose("answer");
    if (kind !== "kill") return;
    life.isDead = true;
    life.fallSilent();
    throw new Killed();
  };
  return subject;
}

/** The caller gets no answer, and the work goes on after the next command, or when everything else is done. */
async function standStill(subject: Subject, life: Life): Promise<void> {
  life.fallSilent();
  await new Promise<void>((resolve) => {
    subject.wake = () => {
      subject.story.push("what stood still goes on");
      subject.wake = undefined;
      resolve();
    };
  });
}

function tell({ story, runs }: Subject, { method, run, wish }: Asked, fault: Fault | undefined): void {
  const what =
    method === "GET" ? "" : ` ${JSON.stringify({ ...wish, user: undefined, course_details: undefined })}`;
  story.push(`${method} ${runs.indexOf(run)}${what}: ${fault?.answer ?? "honest"}`);
}

function interfere({ edx }: LmsWorld, { runs, story }: Subject, { move, run }: Others): void {
  story.push(`others: ${move} ${run}`);
  const key = runs[run];
  const known = edx.world.enrollments.get(enrollmentId("ada", key));
  if (move === "buy") edx.others.enroll("ada", key, "professional");
  if (move === "leave" && known) edx.others.deactivate("ada", key);
  if (move === "audit" && known?.mode !== "professional") edx.others.enroll("ada", key, "audit");
}

/** A client that gets no answer gives the command again, to the other process. */
async function perform(world: LmsWorld, subject: Subject, given: Given): Promise<void> {
  const times = given.isRepeated ? 2 : 1;
  let server = given.server;
  for (let time = 0, tries = 0; time < times && tries < 3; tries++) {
    const answer = await world.servers[server]
      .run((app) => give(app, subject, given))
      .then(
        () => "done" as const,
        (error: unknown) => answerOf(subject, error),
      );
    subject.story.push(`process ${server}: ${given.command} ${given.entitlement} ${given.run}: ${answer}`);
    if (answer !== "nothing") time++;
    server = server === 0 ? 1 : 0;
  }
}

function answerOf({ schedule, surprises }: Subject, error: unknown): "refused" | "nothing" {
  if (error instanceof Refusal) return "refused";
  const isExplained =
    error instanceof Killed || error instanceof NoAnswer || schedule.step.startsWith("lose");
  if (!isExplained)
    surprises.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  return "nothing";
}

/** Ends all faults, and sweeps until nothing is left to do. */
async function heal(world: LmsWorld, subject: Subject): Promise<void> {
  const { asked } = subject;
  world.onPoint = async () => {};
  world.lms.script = {
    ...world.lms.script!,
    before(request) {
      asked.push(request);
      tell(subject, request, undefined);
      return undefined;
    },
  };
  for (let round = 0; round < ROUNDS_AT_MOST; round++) {
    await world.pass(round === 0 ? 13 : ROUND);
    await world.sweep(world.servers);
    subject.wake?.();
    for (const server of world.servers) await server.rest();
    const [row] = await world.app.db.query<[{ open: number }]>(
      `select (select count(*) from enrollment_call where next_attempt_at is not null)::int
         + (select count(*) from refund where next_attempt_at is not null and entitlement_id = any($1))::int as open`,
      [subject.ids],
    );
    subject.isStuck = row.open > 0;
    if (!subject.isStuck) break;
  }
  await world.pass(13); // the last late effects
}
