import type { EntityManager, EntityTarget } from "typeorm";
import { SupportAgent } from "../../entities/accounts/support-agent";
import { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { Refund } from "../../entities/refund";
import { TRACKED_TYPES, type TrackedType } from "../../history/tracked-types";
import { writeSet } from "../../history/write-set";

/** The rows that hold words about people themselves, and what takes the place of the words. */
const WORDS: Partial<
  Record<TrackedType, [entity: EntityTarget<{ id: string }>, column: string, instead: string]>
> = {
  SUPPORT_DETAIL: [CourseEntitlementSupportDetail, "comments", "null"],
  REFUND: [Refund, "detail", "null"],
  SUPPORT_AGENT: [SupportAgent, "comments", "'erased'"],
};

/** The types whose rows hold words about people. */
export const TYPES_WITH_WORDS = Object.keys(WORDS) as TrackedType[];

/**
 * Removes words from the rows of a type, where an erasure removed them from an entry of the row: from any of its entries, or
 * from its newest one only. Types without words are left as they are.
 */
export async function forgetWords(
  tx: EntityManager,
  type: TrackedType,
  erasureId: string,
  where: "ANY_ENTRY" | "NEWEST_ENTRY",
): Promise<void> {
  const [entity, column, instead] = WORDS[type] ?? [];
  if (!entity) return;
  const { table } = TRACKED_TYPES[type];
  const isNewest = `not exists (
    select from historical_${table} later where later.id = h.id and later.history_id > h.history_id)`;
  await writeSet(
    tx,
    entity,
    `update ${table} r set ${column} = ${instead} where r.${column} is not null and r.id in (
       select h.id from historical_${table} h join history_erased e using (history_id)
       where e.erasure_id = $1 and e.column_name = '${column}' and ${where === "ANY_ENTRY" ? "true" : isNewest}
     ) returning r.*`,
    [erasureId],
  );
}
