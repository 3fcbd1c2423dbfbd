import type { EntityManager } from "typeorm";
import { Refusal } from "../refusal";
import { select } from "../store/statement";

/** What the caller has seen of what a command changes. */
export interface Seen {
  /** The newest history entry that the caller has seen; a newer one means that somebody else was faster. */
  expectedHistoryEntryId?: string | null;
}

/** The tables whose rows two agents could change at once. */
type GuardedTable = "course_entitlement" | "course_entitlement_policy";

/**
 * Refuses when a locked row has changed since the caller looked at it, if the caller says when that was. All kinds of
 * history entries share one sequence, so the entry may as well be one of what belongs to the row. An id that no entry has
 * yet counts as outdated.
 */
export async function refuseChanged(
  tx: EntityManager,
  table: GuardedTable,
  id: string,
  { expectedHistoryEntryId }: Seen,
): Promise<void> {
  if (!expectedHistoryEntryId) return;
  const [row] = await select<{ hasChanged: boolean }>(
    tx,
    `select exists (select from historical_${table} where id = $1 and history_id > $2::bigint)
       or (select last_value < $2::bigint from history_id_seq) as "hasChanged"`,
    [id, expectedHistoryEntryId],
  );
  if (row!.hasChanged)
    throw new Refusal("CONFLICT", "Somebody else has changed this object since you looked at it.", {
      field: "expectedHistoryEntryId",
    });
}
