import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../app";
import { ConfigError } from "../../config";
import { HttpFailure } from "../../gateways/http-client";
import { toldEntitlements } from "../../gateways/open-edx/http/entitlements";
import type { OpenEdxSystem } from "../../gateways/open-edx/http/system";
import { userNamed, type UserFacts } from "../../reads/accounts/users";
import { countHolders, holders, type Compared } from "../../reads/lms/holders";
import type { Progress } from "../progress";
import { differences, KNOWN, type Difference } from "./differences";
import { listHere } from "./lists";

/** What a comparison has found. */
export interface Report {
  /** How many learners were compared. */
  learners: number;
  /** How many entitlements of them were listed here. */
  here: number;
  /** How many the LMS has listed. */
  there: number;
  /** How many differences are not explained. */
  unexplained: number;
  /** How many differences are explained, by their reason. */
  known: Record<keyof typeof KNOWN, number>;
  /** How many learners could not be compared. */
  failed: number;
}

/** Whose lists are compared. */
export interface Asked {
  /** The usernames; null for all of a kind. */
  usernames: readonly string[] | null;
  which: Compared;
}

/** Who is told what is found, while it is found. */
export interface Telling {
  /** Is told a line, when there is something to tell. */
  print: (line: string) => void;
  /** Makes what is told how many learners are done, of so many. */
  startProgress: (total: number, unit: string) => Progress;
}

/** A learner, by the id if the account is known here. */
interface Learner extends Omit<UserFacts, "id"> {
  id: string | null;
}

const BATCH = 500;
const FAILURES_AT_MOST = 10;
/** How long to wait before it is looked again whether the LMS may be asked, in milliseconds. */
const LOOK_AGAIN_MS = 200;
/** An account whose new name the LMS has not told yet: nothing can be asked of it. */
const isNameless = ({ username }: Learner) => username.startsWith("?");
/** The failures that every further request would meet as well. */
const HOPELESS = /^(NO_TOKEN|HTTP_40[134]$)/;

/** Compares learners one after the other, so that memory is bounded, and prints what is not explained. */
export async function compareAll(
  app: App,
  lms: OpenEdxSystem,
  asked: Asked,
  { print, startProgress }: Telling,
): Promise<Report> {
  const known = Object.fromEntries(Object.keys(KNOWN).map((kind) => [kind, 0])) as Report["known"];
  const report: Report = { learners: 0, here: 0, there: 0, unexplained: 0, known, failed: 0 };
  const progress = startProgress(
    asked.usernames?.length ?? (await countHolders(app.db, asked.which)),
    "learners",
  );
  let failedInARow = 0;
  for await (const learner of learnersOf(app, asked)) {
    const name = `user ${learner.id ?? learner.username}`;
    try {
      if (isNameless(learner)) throw new HttpFailure("NAME_UNKNOWN", false);
      const found = await compareOne(app, lms, learner.username);
      failedInARow = 0;
      report.learners++;
      report.here += found.here;
      report.there += found.there;
      for (const difference of found.differences) count(report, difference, name, print);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (HOPELESS.test(error.word))
        throw new ConfigError(`The LMS does not tell its entitlements: ${error.word}`);
      report.failed++;
      print(`${name}: the LMS does not tell: ${error.word}`);
      if (++failedInARow === FAILURES_AT_MOST)
        throw new ConfigError(
          `The LMS does not answer: ${failedInARow} learners in a row could not be compared.`,
        );
    }
    progress(report.learners + report.failed);
  }
  return report;
}

async function* learnersOf({ db }: App, { usernames, which }: Asked): AsyncGenerator<Learner> {
  for (const username of usernames ?? []) yield { id: (await userNamed(db, username))?.id ?? null, username };
  if (usernames) return;
  for (let after: string | null = null; ;) {
    const batch = await holders(db, which, after, BATCH);
    yield* batch;
    if (batch.length < BATCH) return;
    after = batch.at(-1)!.id;
  }
}

/** What was found of one learner. */
interface Found {
  here: number;
  there: number;
  differences: Difference[];
}

/** Reads both lists, and once more where they differ. */
async function compareOne(app: App, lms: OpenEdxSystem, username: string): Promise<Found> {
  for (let look = 1; ; look++) {
    while (lms.isPaused) await sleep(LOOK_AGAIN_MS);
    const there = await toldEntitlements(lms, username);
    const { listed, lapses } = await listHere(app, username);
    const found = differences(listed, there, lapses);
    if (look === 2 || found.every(({ known }) => known !== null))
      return { here: listed.length, there: there.length, differences: found };
  }
}

function count(
  report: Report,
  { uuid, what, known }: Difference,
  name: string,
  print: (line: string) => void,
) {
  if (known) report.known[known]++;
  else {
    report.unexplained++;
    print(`${name}, entitlement ${uuid}: ${what}`);
  }
}
