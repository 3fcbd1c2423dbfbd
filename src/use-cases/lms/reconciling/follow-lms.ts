import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../../app";
import { asFailure } from "../../../gateways/as-failure";
import { HttpFailure } from "../../../gateways/http-client";
import {
  differingEnrollments,
  followedLearners,
  type Followed,
  type FollowedLearner,
} from "../../../reads/lms/followed-enrollments";
import type { SeatKey } from "../../../reads/lms/recorded-enrollment";
import { systemCommand } from "../../system-command";

/** Where a comparison with the LMS goes on. */
export interface FollowPlace {
  which: Followed;
  /** The LMS user id of the last learner whose enrollments were read; null before the first. */
  after: string | null;
  /** The enrollments of learners up to there that differ and are not reconciled yet. */
  pairs: SeatKey[];
  /** The instant before which the LMS is left alone, in milliseconds since 1970-01-01 UTC. */
  notBefore: number;
}

/** How a comparison is made. */
export interface Following {
  /** Where it begins, or goes on. */
  from: FollowPlace | Followed;
  /** Asked before each step; a step takes a call to the LMS, or the reconciliation of one enrollment. */
  shouldStop: () => boolean;
  /** Reconciles an enrollment that differs. */
  reconcile: (pair: SeatKey) => Promise<unknown>;
  /** Told of how many more learners the enrollments were read. */
  onLearners?: (count: number) => void;
  /** Told of an enrollment for which the LMS gave no answer that makes sense. */
  onFailure?: (pair: SeatKey, failure: HttpFailure) => void;
  /** Told that the LMS gave no answer to a call for all enrollments; what it throws ends the comparison. */
  onSilence?: (failure: HttpFailure) => void;
}

/** How many learners a call for all enrollments names, and how many enrollments a page of the answer has. */
const LEARNERS = 100;
const PAGE = 100;
/** How many requests the reconciliation of one enrollment takes: the enrollment, the account, the certificate, and one again. */
const REQUESTS_OF_PAIR = 4;
/** The most requests within a minute, on average, whatever the settings allow. */
const REQUESTS_PER_MINUTE_AT_MOST = 60;
/** The pause after the LMS has given no answer to a call for all enrollments, in milliseconds. */
const PAUSE_AFTER_FAILURE_MS = 60_000;
const LOOK_EVERY_MS = 250;

/**
 * Compares the enrollments of all learners who have a redeemed entitlement with the LMS, and reconciles those that
 * differ. On average it sends at most 60 requests within a minute, and half of what the settings allow. Returns where it
 * goes on, or null at the end. When the LMS does not answer, it pauses there.
 */
export const followLms = systemCommand(
  "followLms",
  async (_sign, app: App, following: Following): Promise<FollowPlace | null> => {
    const { from, shouldStop } = following;
    if (app.openEdx.isEmbedded) return null;
    let place = typeof from === "string" ? { which: from, after: null, pairs: [], notBefore: 0 } : from;
    while (!shouldStop()) {
      const waitMs = place.notBefore - app.clock().getTime();
      if (waitMs > 0) await sleep(Math.min(waitMs, LOOK_EVERY_MS));
      else {
        const next = await step(app, place, following);
        if (!next) return null;
        place = next;
      }
    }
    return place;
  },
);

/** Reconciles one enrollment, or reads those of the next learners, and sets the pause that follows. */
async function step(
  app: App,
  { which, after, pairs: [pair, ...others] }: FollowPlace,
  following: Following,
): Promise<FollowPlace | null> {
  const pause = (requests: number) => app.clock().getTime() + requests * pauseOf(app);
  if (pair) {
    const result = await following.reconcile(pair).catch(asFailure);
    if (result instanceof HttpFailure) following.onFailure?.(pair, result);
    return { which, after, pairs: others, notBefore: pause(REQUESTS_OF_PAIR) };
  }
  const learners = await followedLearners(app.db, which, after, LEARNERS);
  if (learners.length === 0) return null;
  const told = await enrollmentsOf(app, learners).catch(asFailure);
  if (told instanceof HttpFailure) {
    following.onSilence?.(told);
    app.log.warn({ cause: told.word, after }, "the LMS does not tell enrollments; they are compared later");
    return { which, after, pairs: [], notBefore: app.clock().getTime() + PAUSE_AFTER_FAILURE_MS };
  }
  const ids = learners.map(({ userId }) => userId);
  const pairs = await differingEnrollments(app.db, ids, told);
  following.onLearners?.(learners.length);
  const pages = Math.ceil(told.length / PAGE) || 1;
  return { which, after: ids.at(-1)!, pairs, notBefore: pause(pages) };
}

/** All that the LMS tells of learners, whose names it may write in another case. */
export async function enrollmentsOf({ openEdx }: Pick<App, "openEdx">, learners: readonly FollowedLearner[]) {
  const ids = new Map(learners.map(({ userId, username }) => [username.toLowerCase(), userId]));
  const told = await openEdx.enrollments.readAll(learners.map(({ username }) => username));
  return told.flatMap(({ username, ...enrollment }) => {
    const userId = ids.get(username.toLowerCase());
    return userId === undefined ? [] : [{ userId, ...enrollment }];
  });
}

/** How long the LMS is left alone after each request, in milliseconds. */
function pauseOf({ config }: App): number {
  const half = (config.lms?.callsPerMinute ?? REQUESTS_PER_MINUTE_AT_MOST) / 2;
  return 60_000 / Math.min(half, REQUESTS_PER_MINUTE_AT_MOST);
}
