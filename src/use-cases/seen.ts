import type { EntityManager } from "typeorm";
import type { TrackedType } from "../history/tracked-types";
import { hasChangedSince } from "../reads/history-entries";
import { Refusal } from "../refusal";

/** What the caller has seen of what a command changes. */
export interface Seen {
  /** The newest history entry that the caller has seen; a newer one means that somebody else was faster. */
  expectedHistoryEntryId?: string | null;
}

/** Refuses when a locked row has changed since the caller looked at it, if the caller says when that was. */
export async function refuseChanged(
  tx: EntityManager,
  type: TrackedType,
  id: string,
  { expectedHistoryEntryId }: Seen,
): Promise<void> {
  if (expectedHistoryEntryId && (await hasChangedSince(tx, type, id, expectedHistoryEntryId)))
    throw new Refusal("CONFLICT", "Somebody else has changed this object since you looked at it.", {
      field: "expectedHistoryEntryId",
    });
}
