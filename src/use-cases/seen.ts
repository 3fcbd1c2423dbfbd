import type { EntityManager } from "typeorm";
import { Refusal } from "../refusal";
import { select } from "../store/statement";

/** What the caller has seen of what a command changes. */
export interface Seen {
  /** The newest history entry that the caller has seen; a newer one means that another change came first. */
  expectedHistoryEntryId?: string | null;
}

/** The tables whose rows two agents could change at once. */
type GuardedTable = "course_entitlement" | "course_entitlement_policy" | "webhook";

/**
 * Refuses when a locked row has changed since the caller read it, if the caller says which history entry was the newest
 * then. All kinds of history entries share one sequence, so the entry may also belong to a support detail or a refund
 * of the row. An id that no entry has yet counts as outdated.
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
    throw new Refusal("CONFLICT", "Another user has changed this object since you read it.", {
      field: "expectedHistoryEntryId",
    });
}
