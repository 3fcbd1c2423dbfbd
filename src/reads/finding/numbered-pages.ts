import { idNamed } from "../accounts/users";
import { expiredIn, type DecisionTime } from "../decisions/expired";
import { fromFacts, selectFacts, toFacts, type EntitlementFacts } from "../entitlement-facts";
import { listOf, select, type Database, type Parameter } from "../../store/statement";

/** Which entitlements of a learner are listed. All that is given must hold; null counts as not given. */
export interface NumberedCriteria {
  /** The learner who must own them. A token may lack the id: then the username is exactly that of the account. */
  owner: { userId: string | null; username: string } | null;
  /** The username of the learner who must own them, in any case. */
  username: string | null;
  ids: readonly string[] | null;
  courseUuids: readonly string[] | null;
  isExpired: boolean | null;
  /** Whether an expiry that is due and not stored counts for `isExpired`. */
  isDueExpired: boolean;
}

/** How many entitlements match. */
export async function countNumbered(
  db: Database,
  criteria: NumberedCriteria,
  time: DecisionTime,
): Promise<number> {
  const { conditions, values } = conditionsOf(criteria, time);
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count ${fromFacts()} where ${conditions}`,
    values,
  );
  return row!.count;
}

/** The entitlements that match, the oldest first: at most `limit` of them, after so many others. */
export async function numberedPage(
  db: Database,
  criteria: NumberedCriteria,
  { offset, limit }: { offset: number; limit: number },
  time: DecisionTime,
): Promise<EntitlementFacts[]> {
  const { conditions, values, parameter } = conditionsOf(criteria, time);
  const rows = await select(
    db,
    `${selectFacts()} where ${conditions}
     order by e.created_at, e.id limit ${parameter(limit)} offset ${parameter(offset)}`,
    values,
  );
  return rows.map(toFacts);
}

function conditionsOf(criteria: NumberedCriteria, time: DecisionTime) {
  const { owner, username, ids, courseUuids, isExpired, isDueExpired } = criteria;
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = ["true"];
  if (owner)
    conditions.push(
      owner.userId === null
        ? `e.user_id = (select id from user_account where username = ${parameter(owner.username)})`
        : `e.user_id = ${parameter(owner.userId)}`,
    );
  if (username !== null) conditions.push(`e.user_id = ${idNamed(parameter(username))}`);
  if (ids) conditions.push(`e.id = any(${listOf(parameter(ids), "uuid")})`);
  if (courseUuids) conditions.push(`e.course_uuid = any(${listOf(parameter(courseUuids), "uuid")})`);
  if (isExpired !== null) {
    const expired = isDueExpired ? expiredIn(time, parameter).isExpired : "e.expired_at is not null";
    conditions.push(isExpired ? expired : `not (${expired})`);
  }
  return { conditions: conditions.join(" and "), values, parameter };
}
