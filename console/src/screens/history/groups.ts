import type { HistorySearchQuery } from "../../gql/graphql";

/** A change that was found. */
export type Found = NonNullable<HistorySearchQuery["history"]>["edges"][number]["node"];

/** The changes of one request, or of one transaction where there was no request. */
export interface Group {
  id: string;
  /** The newest change first. */
  entries: [Found, ...Found[]];
}

/** The changes by their requests, in the order of the newest change of each. */
export function groupsOf(entries: readonly Found[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const id = entry.requestId ?? `transaction ${entry.transactionId}`;
    const group = groups.get(id);
    if (group) group.entries.push(entry);
    else groups.set(id, { id, entries: [entry] });
  }
  return [...groups.values()];
}
