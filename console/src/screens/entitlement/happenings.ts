import type { EntitlementState, EntryFragment, RefundState } from "../../gql/graphql";

/** What was committed together, as one event: a change, the comments of the agent and the step of the refund. */
export interface Happening {
  id: string;
  at: string;
  /** Who did it; null where the reader may not know. */
  who: string | null;
  operation: string;
  /** What the agent wrote; null without comments. */
  comments: string | null;
  /** The changes, without the comments. */
  entries: EntryFragment[];
  /** The change of the entitlement itself, to which it can be reverted. */
  main: EntryFragment | undefined;
  /** The first entry of all, which tells where the event came from. */
  first: EntryFragment;
  /** The state in which the event left the entitlement, and the refund. */
  state: EntitlementState | null;
  refund: RefundState | null;
  /** How many events in a row this one stands for: attempts to ask the shop that told nothing new. */
  times: number;
}

/** So near to each other are the changes of one command. A past that was imported comes in one transaction as well. */
const TOGETHER_MS = 5_000;

/** The events of a history, the newest first. */
export function happeningsOf(entries: readonly EntryFragment[]): Happening[] {
  const groups: EntryFragment[][] = [];
  for (const entry of entries) {
    const group = groups.find(([first]) => areTogether(first!, entry));
    if (group) group.push(entry);
    else groups.push([entry]);
  }
  return folded(groups.map((together) => happeningOf(together)));
}

const areTogether = (one: EntryFragment, other: EntryFragment) =>
  one.transactionId === other.transactionId &&
  one.operation === other.operation &&
  Math.abs(Date.parse(one.changedAt) - Date.parse(other.changedAt)) < TOGETHER_MS;

function happeningOf(together: EntryFragment[]): Happening {
  const main = together.find(({ entityType }) => entityType === "COURSE_ENTITLEMENT");
  const note = together.find(({ entityType }) => entityType === "SUPPORT_DETAIL");
  const refund = together.find(({ entityType }) => entityType === "REFUND");
  const first = main ?? together[0]!;
  return {
    id: first.id,
    at: together
      .map(({ changedAt }) => changedAt)
      .toSorted()
      .at(-1)!, // so that all of it has happened
    who: first.changedByLabel ?? null,
    operation: first.operation,
    comments: (note?.state?.__typename === "SupportDetail" && note.state.comments) || null,
    entries: together.filter((entry) => entry !== note),
    main,
    first,
    state: main?.state?.__typename === "CourseEntitlement" ? main.state.entitlementState : null,
    refund: refund?.state?.__typename === "Refund" ? refund.state.refundState : null,
    times: 1,
  };
}

const isAttempt = ({ main, comments, refund }: Happening) =>
  !main && !comments && (refund === "IN_DOUBT" || refund === "REQUESTED");

/** Attempts in a row that left the refund as it was are one event, which counts them. */
function folded(happenings: Happening[]): Happening[] {
  const result: Happening[] = [];
  for (const each of happenings) {
    const newer = result.at(-1);
    if (newer && isAttempt(newer) && isAttempt(each) && newer.operation === each.operation)
      result[result.length - 1] = { ...newer, times: newer.times + 1 };
    else result.push(each);
  }
  return result;
}
