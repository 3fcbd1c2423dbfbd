import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { ConfigError, loadConfig } from "../../config";
import { HttpFailure } from "../../gateways/http-client";
import { userById, userNamed } from "../../reads/accounts/users";
import { countFollowedLearners } from "../../reads/lms/followed-enrollments";
import { LMS_USER_ID } from "../../rules/accounts/retired-names";
import { followLms } from "../../use-cases/lms/reconciling/follow-lms";
import { reconcileEnrollment, type Origin } from "../../use-cases/lms/reconciling/reconcile-enrollment";
import { syncLearner } from "../../use-cases/lms/reconciling/sync-learner";
import { endWith, parseOptions, runProgram } from "../program";
import { startProgress } from "../progress";
import { withApp } from "../../compose";
import { doneBy } from "./done-by";

const HELP = `Compares what is recorded of learners with the LMS now, and prints what differs and what was done, one line each.

  npm run sync -- --user NAME   all of one learner: the account, the enrollments, and the certificates for runs for which
                                an entitlement is redeemed
  npm run sync -- --user-id 42  the same, by the LMS user id
  npm run sync -- --all         the enrollments of all learners who have a redeemed entitlement, at the pace of the
                                background work: at most half of LMS_CALLS_PER_MINUTE, and 60 requests a minute
  --dry-run                     changes nothing, and says what would be done

It exits with status 1 when the LMS does not answer, or when nobody has the name. The database is the one of
DATABASE_URL or, without it, the embedded one, also while a server runs on it.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      user: { type: "string" },
      "user-id": { type: "string" },
      all: { type: "boolean" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { user, "user-id": userId, all } = values;
  if ([user, userId, all].filter((given) => given !== undefined).length !== 1) throw new ConfigError(HELP);
  if (userId !== undefined && !LMS_USER_ID.test(userId))
    throw new ConfigError("--user-id: must be an LMS user id, such as 1005");
  const config = loadConfig(process.env);
  if (!config.lms) return print("There is nothing to synchronize: without LMS_URL, our own tables hold all.");
  const origin = { source: "CLI", requestId: randomUUID(), isDryRun: values["dry-run"] } as const;
  await withApp(config, (app) => (all ? syncAll(app, origin) : syncOne(app, { user, userId }, origin)));
}

async function syncOne(app: App, { user, userId }: { user?: string; userId?: string }, origin: Origin) {
  const learner = user === undefined ? await userById(app.db, userId!) : await userNamed(app.db, user);
  if (!learner) throw new ConfigError("There is no such learner here.");
  const synced = await syncLearner(app, learner.id, origin);
  if (!synced) throw new ConfigError(`The LMS does not know the account ${learner.id}.`);
  const { enrollments, certificates } = synced;
  let differences = 0;
  for (const { subject, recorded, told, result } of synced.differences) {
    const done = doneBy(result);
    if (done === null) continue;
    differences++;
    print(`${subject}: recorded ${recorded}, the LMS says ${told}: ${done}`);
  }
  print(`${enrollments} enrollments and ${certificates} certificates compared; differences: ${differences}`);
}

async function syncAll(app: App, origin: Origin): Promise<void> {
  let [learners, pairs, failed] = [0, 0, 0];
  const progress = startProgress(await countFollowedLearners(app.db, "ALL"), "learners");
  await followLms(app, {
    from: "ALL",
    shouldStop: () => false,
    async reconcile(pair) {
      pairs++;
      print(
        `user ${pair.userId}, ${pair.courseRunKey}: ${doneBy(await reconcileEnrollment(app, pair, origin))}`,
      );
    },
    onLearners: (count) => progress((learners += count)),
    onSilence(failure) {
      throw failure;
    },
    onFailure({ userId, courseRunKey }, { word }) {
      failed++;
      print(`user ${userId}, ${courseRunKey}: the LMS does not tell: ${word}`);
    },
  });
  print(`${learners} learners compared; differences: ${pairs}, without an answer: ${failed}`);
  if (failed > 0) process.exitCode = 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

runProgram(main, (error) =>
  endWith(error instanceof HttpFailure ? new ConfigError(`The LMS does not answer: ${error.word}`) : error),
);
