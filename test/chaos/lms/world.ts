import { DataSource } from "typeorm";
import { dataSourceOptions } from "../../../ormconfig";
import type { App } from "../../../src/app";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { Refund } from "../../../src/entities/refund";
import { decideFaults } from "../../../src/store/fault-point";
import { HttpFailure } from "../../../src/gateways/http-client";
import { transact } from "../../../src/store/transact";
import { retryEnrollmentCall } from "../../../src/use-cases/enrollment-calls/retry-enrollment-call";
import { sweepEnrollmentCalls } from "../../../src/use-cases/enrollment-calls/sweep-enrollment-calls";
import { reconcileEnrollment } from "../../../src/use-cases/lms/reconciling/reconcile-enrollment";
import { sweepRefunds } from "../../../src/use-cases/refunds/sweep-refunds";
import { openFakeEdx, type FakeEdx } from "../../fake-edx/fake-edx";
import { appOn } from "../../support/app";
import { ada, grace } from "../../support/demo-app";
import { patient } from "../../support/database";
import { settingsFor } from "../../support/lms";
import { requestOf, SYSTEM } from "../../support/refunds";
import { currentLife, Killed, Server } from "./server";
import { UnreliableLms } from "./unreliable-lms";

/** How long a call may take, in milliseconds: all other times are multiples of it. */
const DEADLINE_MS = 1_000;
/** Callers wait for a shop that does not answer, in real time. */
const REFUND_DEADLINE_MS = 100;

/** Two processes of ours on one PostgreSQL, beside a fake Open edX, in a time that passes only when it is told to. */
export class LmsWorld {
  /** Decides what happens to the current process at a point. */
  onPoint: (point: string) => Promise<void> = async () => {};
  /** The steps that have happened. */
  readonly fired: string[] = [];
  private late: { atMs: number; work: () => Promise<unknown> }[] = [];

  private constructor(
    readonly edx: FakeEdx,
    readonly lms: UnreliableLms,
    /** For those who judge: no process of ours has it. */
    readonly app: App,
    /** How far our clocks are ahead. */
    private readonly ahead: { ms: number },
    readonly servers: readonly [Server, Server],
  ) {}

  /** Opens it on a migrated database that holds the demo world. */
  static async open(databaseUrl: string): Promise<LmsWorld> {
    // Both clocks go on from one schedule to the next, so that nobody asks too often.
    const ahead = { ms: 0 };
    const clock = () => new Date(Date.now() + ahead.ms);
    const edx = await openFakeEdx({ clock });
    const lms = await UnreliableLms.open(edx);
    const settings = {
      ...settingsFor(edx),
      LMS_URL: lms.url,
      LMS_DEADLINE_MS: String(DEADLINE_MS),
      REFUND_DEADLINE_MS: String(REFUND_DEADLINE_MS),
    };
    const db = await new DataSource(patient(dataSourceOptions(databaseUrl))).initialize();
    const open = (name: number) => Server.open(name, databaseUrl, settings, clock);
    const app = appOn(db, settings, clock);
    const world = new LmsWorld(edx, lms, app, ahead, [await open(0), await open(1)]);
    decideFaults(async (point) => {
      if (!currentLife()) return;
      if (currentLife()!.isDead) throw new Killed();
      await world.onPoint(point);
    });
    return world;
  }

  /** Lets work happen after so many deadlines of a call. */
  later(deadlines: number, work: () => Promise<unknown>): void {
    this.late.push({ atMs: this.ahead.ms + deadlines * DEADLINE_MS, work });
  }

  /** Lets time pass, in deadlines of a call, and what comes late happen in it. */
  async pass(deadlines: number): Promise<void> {
    const ms = Math.round(deadlines * DEADLINE_MS);
    this.ahead.ms += ms;
    const due = this.late.filter(({ atMs }) => atMs <= this.ahead.ms);
    this.late = this.late.filter(({ atMs }) => atMs > this.ahead.ms);
    for (const { work } of due.toSorted((one, other) => one.atMs - other.atMs)) await work();
    await this.app.db.query(
      `update enrollment_call set next_attempt_at = next_attempt_at - $1 * interval '1 ms',
         quiet_at = quiet_at - $1 * interval '1 ms'
       where next_attempt_at is not null or quiet_at > clock_timestamp()`,
      [ms],
    );
    await this.passForRefunds(ms);
  }

  /** Refunds have a history, which must know who has changed them. */
  private async passForRefunds(ms: number): Promise<void> {
    await transact(this.app.db, { ...SYSTEM, reason: "chaos" }, async (tx) => {
      const open = await tx
        .createQueryBuilder(Refund, "refund")
        .where("refund.nextAttemptAt is not null")
        .setLock("for_no_key_update")
        .getMany();
      for (const refund of open) refund.nextAttemptAt = new Date(refund.nextAttemptAt!.getTime() - ms);
      if (open.length > 0) await tx.save(open);
    });
  }

  /** Lets some processes make the calls that are due, at once. Returns how many they have taken over. */
  async sweep(servers: readonly Server[]): Promise<number> {
    const swept = servers.flatMap((server) =>
      [sweepEnrollmentCalls, sweepRefunds].map((sweep) => server.run(sweep).catch(() => 0)),
    );
    return (await Promise.all(swept)).reduce((sum, taken) => sum + taken, 0);
  }

  /** Lets agents have the LMS asked again about ada's enrollment in a run, each by a process, at once. Returns failures. */
  async retry(servers: readonly Server[], courseRunKey: string): Promise<unknown[]> {
    const enrollment = await this.app.db.manager.findOneBy(CourseEnrollment, {
      userId: ada.userId!,
      courseRunKey,
    });
    if (!enrollment) return [];
    const input = { enrollmentId: enrollment.id, acceptEnrolled: false, comments: "told by telephone" };
    const retried = servers.map((server) =>
      server.run((app) => retryEnrollmentCall(requestOf(app, grace), input)),
    );
    const outcomes = await Promise.allSettled(retried);
    return outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  }

  /** Lets some processes reconcile ada's enrollments in some runs, at once. Returns failures but those of the LMS. */
  async reconcile(servers: readonly Server[], runs: readonly string[]): Promise<unknown[]> {
    const origin = { source: "JOB", requestId: "chaos" } as const;
    const pairs = runs.map((courseRunKey) => ({ userId: ada.userId!, courseRunKey }));
    const reconciled = servers.flatMap((server) =>
      pairs.map((pair) => server.run((app) => reconcileEnrollment(app, pair, origin))),
    );
    const outcomes = await Promise.allSettled(reconciled);
    const failures = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    return failures.filter((failure) => !(failure instanceof HttpFailure));
  }

  async close(): Promise<void> {
    decideFaults(async () => {});
    for (const server of this.servers) await server.close();
    await this.lms.close();
    await this.edx.close();
    await this.app.db.destroy();
  }
}
