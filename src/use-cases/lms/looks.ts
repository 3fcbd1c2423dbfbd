import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { HttpFailure } from "../../gateways/http-client";
import type { OpenEdx } from "../../gateways/open-edx/open-edx";
import type { UserFacts } from "../../reads/accounts/users";
import { areToldOtherwise, certificateStatus } from "../../reads/enrollments";
import type { SeatKey } from "../../reads/lms/recorded-enrollment";
import { differingEnrollments } from "../../reads/lms/followed-enrollments";
import { learnerNow } from "../accounts/record-accounts";
import { recordCertificate } from "./record-certificate";
import { recordEnrollments } from "./record-enrollments";
import { recordLiveRun, recordRuns } from "./record-runs";

/** Each of these asks the LMS or the catalog once and records the answer; it rejects with HttpFailure without an answer. */

/** Looks at all runs of courses: a call for each 20 of them. */
export function lookAtCourses(app: App, courseUuids: readonly string[]): Promise<void> {
  return shared(app, `courses ${courseUuids.join()}`, async ({ catalog }) => {
    const seenAt = app.clock();
    await recordRuns(app, await catalog.runsOfCourses(courseUuids), seenAt);
  });
}

/** Looks up a run in the catalog, which knows its course. */
export function lookUpRun(app: App, key: string): Promise<void> {
  return shared(app, `run ${key}`, async ({ catalog }) => {
    const seenAt = app.clock();
    await recordRuns(app, await catalog.runs([key]), seenAt);
  });
}

/** Looks at the dates and modes of a run in the LMS. */
export function lookAtLiveRun(app: App, key: string): Promise<void> {
  return shared(app, `live ${key}`, async ({ catalog }) => {
    const seenAt = app.clock();
    const run = await catalog.liveRun(key);
    if (run) await recordLiveRun(app, run, seenAt);
  });
}

/**
 * Looks at all enrollments of a learner, or at the one in a run. Of those that differ from what is recorded and concern an
 * entitlement, so many are reconciled.
 */
export function lookAtEnrollments(
  app: App,
  learner: UserFacts,
  key: string | null = null,
  reconciled = 0,
): Promise<void> {
  return shared(app, `enrollments ${learner.id} ${key ?? "*"}`, async ({ enrollments }) => {
    const seenAt = app.clock();
    const read = async ({ username }: UserFacts) => {
      if (key === null) return enrollments.readAll([username]);
      const one = await enrollments.read({ username, courseRunKey: key });
      return one ? [one] : [];
    };
    const userId = learner.id;
    let told = await read(learner);
    // What is news may be that of another account, which has the username now, or of none.
    if (await areToldOtherwise(app.db, userId, key, told)) {
      const now = await learnerNow(app, userId);
      if (!now) return;
      if (now.username !== learner.username) told = await read(now);
    }
    await recordEnrollments(app, { userId, courseRunKey: key, enrollments: told, seenAt });
    if (reconciled === 0) return;
    const toldOf = told.map((each) => ({ ...each, userId }));
    const differing = await differingEnrollments(app.db, [userId], toldOf);
    for (const pair of differing.slice(0, reconciled)) await reconcile(app, pair);
  });
}

/** Looks at the enrollment for which an entitlement is redeemed, and reconciles both. */
export function lookAtRedeemed(
  app: App,
  { id: userId }: Pick<UserFacts, "id">,
  courseRunKey: string,
): Promise<void> {
  return shared(app, `redeemed ${userId} ${courseRunKey}`, async () => {
    await reconcile(app, { userId, courseRunKey });
  });
}

/**
 * Looks at the certificate of a learner for a run; where there is none, or another than is recorded, also whether the username
 * is up to date, unless that is known.
 */
export function lookAtCertificate(
  app: App,
  learner: UserFacts,
  courseRunKey: string,
  isNameSure = false,
): Promise<void> {
  return shared(app, `certificate ${learner.id} ${courseRunKey}`, async ({ certificates }) => {
    const seenAt = app.clock();
    const { id: userId, username } = learner;
    let status = await certificates.status({ username, courseRunKey });
    const isNews = async () =>
      status === null || status !== (await certificateStatus(app.db, userId, courseRunKey));
    if (!isNameSure && (await isNews())) {
      const now = await learnerNow(app, userId);
      if (!now) return;
      if (now.username !== username)
        status = await certificates.status({ username: now.username, courseRunKey });
    }
    await recordCertificate(app, { userId, courseRunKey, status, seenAt });
  });
}

function reconcile(app: App, pair: SeatKey): Promise<unknown> {
  return app.reconcile(app, pair, { source: "JOB", requestId: `look-${randomUUID()}` });
}

/**
 * Whether a look has succeeded until an instant of `performance.now()`. A failure is logged, and a look that takes longer
 * goes on.
 */
export function hasSeen(app: App, endsAt: number, look: Promise<void>): Promise<boolean> {
  return within(endsAt, succeeds(app, look), false);
}

/** Whether a look succeeds; a failure is logged. */
export function succeeds({ log }: App, look: Promise<void>): Promise<boolean> {
  return look.then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof HttpFailure)) throw error;
      log.warn({ cause: error.word }, "the LMS or the catalog has not told what was asked");
      return false;
    },
  );
}

/** A result, or another one when that has not come until an instant of `performance.now()`. */
async function within<T>(endsAt: number, result: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), endsAt - performance.now());
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}

const inProgress = new WeakMap<OpenEdx, Map<string, Promise<void>>>();

/** Looks at the same thing at the same time are one. */
function shared({ openEdx }: App, name: string, look: (openEdx: OpenEdx) => Promise<void>): Promise<void> {
  const known = inProgress.get(openEdx) ?? new Map<string, Promise<void>>();
  inProgress.set(openEdx, known);
  const present = known.get(name);
  if (present) return present;
  const begun = look(openEdx).finally(() => known.delete(name));
  known.set(name, begun);
  return begun;
}
