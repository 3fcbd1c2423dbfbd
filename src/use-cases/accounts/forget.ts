import { randomUUID } from "node:crypto";
import type { EntityManager } from "typeorm";
import { HistoryErasure } from "../../entities/accounts/history-erasure";
import { SupportAgent } from "../../entities/accounts/support-agent";
import { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { Refund } from "../../entities/refund";
import { writeSet } from "../../history/write-set";

/** Which user to forget, and why. */
export interface Forgetting {
  /** The LMS user id, which stays as a pseudonym. */
  userId: string;
  /** Why. It must not name the user. */
  comments: string;
}

/**
 * Forgets a user in the present transaction: what entries of history say of the account by name, and the words about it,
 * in history and in the rows. Ids, order and all other values stay, and so do proofs. The erasure is recorded itself.
 * Returns of how many entries something was erased; 0 where the user was forgotten before.
 */
export async function forget(
  tx: EntityManager,
  { userId, comments }: Forgetting,
  now: Date,
): Promise<number> {
  const id = randomUUID();
  const [{ entries }] = await tx.query<[{ entries: number }]>(
    "select history_erase($1::bigint, $2::uuid) as entries",
    [userId, id],
  );
  await forgetWords(tx, id, userId);
  if (entries > 0) {
    const retention = { entityType: null, coversUntil: null };
    await tx.save(HistoryErasure, { id, userId, comments, entries, createdAt: now, ...retention });
  }
  return entries;
}

/** The rows as their newest entries have become. */
async function forgetWords(tx: EntityManager, erasureId: string, userId: string): Promise<void> {
  const erasedIn = (history: string, column: string) => `(select h.id from historical_${history} h
    join history_erased r on r.history_id = h.history_id where r.erasure_id = $1 and r.column_name = '${column}')`;
  await writeSet(
    tx,
    CourseEntitlementSupportDetail,
    `update course_entitlement_support_detail d set comments = null
     where comments is not null and id in ${erasedIn("course_entitlement_support_detail", "comments")} returning d.*`,
    [erasureId],
  );
  await writeSet(
    tx,
    Refund,
    `update refund f set detail = null
     where detail is not null and id in ${erasedIn("refund", "detail")} returning f.*`,
    [erasureId],
  );
  await writeSet(
    tx,
    SupportAgent,
    "update support_agent a set comments = 'erased' where user_id = $1 and comments <> 'erased' returning a.*",
    [userId],
  );
}
