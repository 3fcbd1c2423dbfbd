import { DAY_MS } from "../entitlement-rules";

const MINUTE_MS = 60_000;

/** What is kept of what the LMS and its catalog have told. */
export type Kept = "run" | "enrollment" | "certificate" | "account";

/** How long after it was told something counts as fresh, in milliseconds. Later, it is looked at again. */
const FRESH_FOR_MS: Readonly<Record<Kept, number>> = {
  run: 60 * MINUTE_MS,
  enrollment: 5 * MINUTE_MS,
  certificate: 10 * MINUTE_MS,
  account: 30 * DAY_MS,
};

/** How old what is known of a run may be for a decision, while neither the LMS nor the catalog answers; in milliseconds. */
const RUN_SERVES_FOR_MS = 30 * DAY_MS;

/** How many certificates are looked at in one refresh of a learner's page: each takes a call. */
export const CERTIFICATES_AT_ONCE = 6;

/** Whether something is fresh, given when it was last told; null when it never was. */
export function isFresh(kept: Kept, seenAt: Date | null, now: Date): boolean {
  return seenAt !== null && now.getTime() - seenAt.getTime() <= FRESH_FOR_MS[kept];
}

/** The instant before which something must have been told to be no longer fresh. */
export function dueSince(kept: Kept, now: Date): Date {
  return new Date(now.getTime() - FRESH_FOR_MS[kept]);
}

/** Whether a run may be decided over by what is known of it. A run that was imported, and never told, may. */
export function isServable(runSeenAt: Date | null, now: Date): boolean {
  return runSeenAt === null || now.getTime() - runSeenAt.getTime() <= RUN_SERVES_FOR_MS;
}

/** Those of some things that are no longer fresh: what was never told first, then what was told longest ago. */
export function dueOf<T extends { seenAt: Date | null }>(kept: Kept, things: readonly T[], now: Date): T[] {
  return things
    .filter(({ seenAt }) => !isFresh(kept, seenAt, now))
    .toSorted((one, other) => instantOf(one) - instantOf(other));
}

/** When what an entitlement shows was last told; null is for never. */
export interface ToldOfEntitlement {
  runSeenAt: Date | null;
  enrollmentSeenAt: Date | null;
  certificateSeenAt: Date | null;
}

/** Whether anything that a redeemed entitlement shows is no longer fresh. */
export function isStale(told: ToldOfEntitlement, now: Date): boolean {
  const { runSeenAt, enrollmentSeenAt, certificateSeenAt } = told;
  const areFresh = isFresh("run", runSeenAt, now) && isFresh("enrollment", enrollmentSeenAt, now);
  return !areFresh || !isFresh("certificate", certificateSeenAt, now);
}

const instantOf = ({ seenAt }: { seenAt: Date | null }) => seenAt?.getTime() ?? 0;
