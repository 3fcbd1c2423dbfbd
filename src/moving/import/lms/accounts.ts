import { LMS_TABLES } from "../../tables/source-table";
import {
  AS_OF,
  DROP_TOLD,
  flagFault,
  orChange,
  textFault,
  toldStatements,
  type LineRange,
  type StepStatement,
} from "./range";

/**
 * Statements that store accounts as the LMS told them at the instant of the source. An account is its id: another one that
 * still has a username which is told here gets `?` and its id in its place, and so does an account that is told here with a
 * username which another one was told to have later. The LMS is asked for both. An account that was forgotten keeps its
 * name and stays inactive.
 */
export function accountStatements(range: LineRange): StepStatement[] {
  const told = toldStatements(LMS_TABLES.USERS, range, {
    id: "s.id",
    values: `s.id, import_staging.flag_of(s.is_active) and forgotten.id is null as is_active,
      case when forgotten.id is not null then forgotten.username when later.id is null then s.username
        else '?' || s.id end as username,
      case when later.id is null then ${AS_OF} end as seen_at`,
    joins: `left join user_account later on later.username = s.username and later.id <> s.id and later.seen_at > ${AS_OF}
      left join user_account forgotten on forgotten.id = s.id and forgotten.forgotten_at is not null`,
    faults: [
      textFault("username", 150),
      flagFault("is_active"),
      `case when row_number() over (partition by s.username order by s.id desc) > 1
        then 'another account has its username' end`,
    ],
    store: `
      insert into user_account as known (id, username, is_active, seen_at)
      select id, username, is_active, seen_at from told where fault = '' order by id
      ${orChange("id", ["username", "is_active", "seen_at"], `(known.seen_at is null or known.seen_at <= ${AS_OF})`)}`,
  });
  const displace = `update user_account held set username = '?' || held.id, seen_at = null from told
    where fault = '' and held.username = told.username and held.id <> told.id`;
  return [...told.slice(0, 2), displace, ...told.slice(2), DROP_TOLD];
}
