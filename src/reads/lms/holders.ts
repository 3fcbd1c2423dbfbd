import { select, type Database } from "../../store/statement";
import type { UserFacts } from "../accounts/users";

/** Which learners are compared: those who have entitlements here, or all whose accounts are known here. */
export type Compared = "HOLDERS" | "ACCOUNTS";

const CONDITION: Record<Compared, string> = {
  HOLDERS: "exists (select from course_entitlement e where e.user_id = u.id)",
  ACCOUNTS: "true",
};

/** Learners after an LMS user id, in the order of the ids. */
export function holders(
  db: Database,
  which: Compared,
  after: string | null,
  limit: number,
): Promise<UserFacts[]> {
  return select<UserFacts>(
    db,
    `select u.id, u.username from user_account u
     where u.id > coalesce($1::bigint, 0) and ${CONDITION[which]} order by u.id limit $2`,
    [after, limit],
  );
}

/** How many such learners there are. */
export async function countHolders(db: Database, which: Compared): Promise<number> {
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count from user_account u where ${CONDITION[which]}`,
    [],
  );
  return row!.count;
}
