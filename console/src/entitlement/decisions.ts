import type { SummaryFragment } from "../gql/graphql";

/** What can be done with an entitlement, or why it cannot. */
export interface Decision {
  what: "redeem" | "regain" | "refund";
  /** Why it cannot be done, as the API names it; null when it can. */
  blocker: string | null;
  /** The same as a sentence. */
  why: string | null;
  /** The first instant at which it can no longer be done; null without one. */
  until: string | null;
}

/** The three decisions about an entitlement. */
export function decisionsOf(
  entitlement: Omit<SummaryFragment, "course" | "enrollment" | "user">,
): Decision[] {
  return (["redeem", "regain", "refund"] as const).map((what) => ({
    what,
    blocker: entitlement[`${what}Blocker`] ?? null,
    why: entitlement[`${what}BlockerMessage`] ?? null,
    until: entitlement[`${what}ableUntil` as "redeemableUntil"] ?? null,
  }));
}

/** The deadline that comes first; null when there is none. */
export const nextDeadline = (decisions: Decision[]): Decision | null =>
  decisions
    .filter(({ until }) => until !== null)
    .toSorted((one, other) => one.until!.localeCompare(other.until!))[0] ?? null;

/** The session for which an entitlement is redeemed: none that the learner has left, which the LMS alone may know of. */
export const sessionOf = ({ enrollment }: Pick<SummaryFragment, "enrollment">) =>
  enrollment?.isActive ? enrollment.courseRun : null;

/** The name of a run as an agent says it: `course-v1:DemoX+T101+2026` is `2026`. */
export const runName = (key: string): string => key.split("+").at(-1) ?? key;
