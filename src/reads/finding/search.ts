import { select, type Database } from "../../store/statement";
import type { UserFacts } from "../accounts/users";
import { selectFacts, toFacts, type EntitlementFacts } from "../entitlement-facts";

/** A condition that a text begins with another one in any case, by an index on the lower case of its bytes. */
function beginsWith(column: string, parameter: string): string {
  const value = `lower(${column}) collate "C"`;
  return `${value} >= lower(${parameter}) and ${value} < lower(${parameter}) || chr(1114111)`;
}

/**
 * Accounts with this LMS user id, or a username that begins with the text, or this e-mail address, in any case; an exact
 * username comes before those that only begin with it.
 */
export async function searchUsers(db: Database, text: string, limit: number): Promise<UserFacts[]> {
  const found = await select<UserFacts>(
    db,
    `select id, username from user_account where id = $2::bigint
     union all
     (select id, username from user_account where ${beginsWith("username", "$1")}
      order by lower(username) collate "C", id limit $4)
     union all
     (select id, username from user_account where lower(email) = lower($3) order by id limit $4)`,
    [text, /^\d{1,18}$/.test(text) ? text : null, text.includes("@") ? text : null, limit],
  );
  return [...new Map(found.map((user) => [user.id, user])).values()].slice(0, limit);
}

/** The entitlement with this id, and those of orders whose number begins with the text, in any case. */
export async function searchEntitlements(
  db: Database,
  text: string,
  id: string | null,
  limit: number,
): Promise<EntitlementFacts[]> {
  const rows = await select(
    db,
    `${selectFacts()} where e.id = any(array(
       select id from course_entitlement where id = $2::uuid
       union all
       (select id from course_entitlement where order_number is not null and ${beginsWith("order_number", "$1")}
        order by lower(order_number) collate "C", id limit $3)
     )) order by lower(e.order_number) collate "C" nulls first, e.id limit $3`,
    [text, id, limit],
  );
  return rows.map(toFacts);
}
