import { randomUUID } from "node:crypto";
import type { EntityManager } from "typeorm";
import { HistoryErasure } from "../../entities/accounts/history-erasure";
import { bePatient } from "../../store/connection/patience";
import { forgetWords, TYPES_WITH_WORDS } from "./forget-words";

/** Which user to forget, and why. */
export interface Forgetting {
  /** The LMS user id, which stays as a pseudonym. */
  userId: string;
  /** Why. It must not name the user. */
  comments: string;
}

/** What an account holds once it is forgotten. */
export function forgottenAccount(username: string, forgottenAt: Date) {
  return { username, email: null, name: null, isActive: false, forgottenAt };
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
  await bePatient(tx); // a user may have acted in any number of entries
  const id = randomUUID();
  const [{ entries }] = await tx.query<[{ entries: number }]>(
    "select history_erase($1::bigint, $2::uuid) as entries",
    [userId, id],
  );
  for (const type of TYPES_WITH_WORDS) await forgetWords(tx, type, id, "ANY_ENTRY");
  if (entries > 0) {
    const retention = { entityType: null, coversUntil: null };
    await tx.save(HistoryErasure, { id, userId, comments, entries, createdAt: now, ...retention });
  }
  return entries;
}
