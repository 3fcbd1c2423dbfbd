import type { HistorySource, HistoryType } from "../../history/history-columns";
import type { TrackedType } from "../../history/tracked-types";
import { countsAt } from "../../history/visible";
import { idNamed } from "../accounts/users";
import { isRefundOf } from "../refunds";
import type { Condition } from "./entry-rows";

/** Which changes to look for; all that is given must hold, null counts as not given. */
export interface EntryCriteria {
  entityTypes?: readonly TrackedType[] | null;
  entityIds?: readonly string[] | null;
  types?: readonly HistoryType[] | null;
  sources?: readonly HistorySource[] | null;
  /** The operations to find. */
  reasons?: readonly string[] | null;
  /** The name of the user whose changes to find: exactly so, or as the account of that name is written now. */
  userLabel?: string | null;
  requestId?: string | null;
  /** Of these entitlements, with their support details and refunds. */
  entitlementIds?: readonly string[] | null;
  /** Of the entitlements that these learners have or had, likewise, of their enrollments and certificates, and of these support agents. */
  usernames?: readonly string[] | null;
  /** The learner who asks, and is not told of refunds that were requested while the entitlement was another's. */
  learnerId?: string | null;
  /** At or after. */
  from?: Date | null;
  /** Before. */
  before?: Date | null;
  /** Which count at this settled instant. */
  asOf?: Date | null;
}

/** The conditions of criteria, whose values are added to those of the statement. */
export function conditionsOf(criteria: EntryCriteria, values: unknown[]): Condition[] {
  const conditions: Condition[] = [];
  const add = (value: unknown, condition: (parameter: string, type: TrackedType) => string) => {
    if (value === undefined || value === null) return;
    const parameter = `$${values.push(value)}`;
    conditions.push((type) => condition(parameter, type));
  };
  // The statement names every type, whatever types the client lists; PostgreSQL does not read the others.
  add(criteria.entityTypes, (p, type) => `'${type}' = any(${p}::text[])`);
  add(criteria.entityIds, (p) => `h.id = any(${p}::uuid[])`);
  add(criteria.entitlementIds, (p, type) => isOfAny(type, `${p}::uuid[]`, `${p}::uuid[]`));
  add(criteria.usernames, (p, type) => {
    const userIds = `array(select ${idNamed("given")} from unnest(${p}::text[]) given)`;
    if (OF_ACCOUNTS.has(type)) return `h.user_id = any(${userIds})`;
    const theirs = `array(select id from historical_course_entitlement where user_id = any(${userIds}))`;
    return isOfAny(type, theirs, `${p}::text[]`);
  });
  add(criteria.types, (p) => `h.history_type = any(${p}::text[])`);
  add(criteria.sources, (p) => `h.history_source = any(${p}::text[])`);
  // The reason of a revert goes on with the entry that it went back to.
  const revert = criteria.reasons?.includes("revertEntitlement")
    ? "or h.history_change_reason like 'revertEntitlement %'"
    : "";
  add(criteria.reasons, (p) => `(h.history_change_reason = any(${p}::text[]) ${revert})`);
  // A name that an account has had is found as it was written then.
  const isNamed = (p: string) => `(select username::text from user_account where id = ${idNamed(p)})`;
  add(criteria.userLabel, (p) => `h.history_user_label = any(array[${p}::text, ${isNamed(`${p}::text`)}])`);
  add(criteria.requestId, (p) => `h.history_request_id = ${p}`);
  add(criteria.learnerId, (p, type) => (type === "REFUND" ? isRefundOf("h", p) : `${p}::bigint is not null`));
  add(criteria.from, (p) => `h.history_date >= ${p}`);
  add(criteria.before, (p) => `h.history_date < ${p}`);
  add(criteria.asOf, (p) => countsAt("h", p));
  return conditions;
}

/** What belongs to an account, which its column `user_id` names. */
const OF_ACCOUNTS: ReadonlySet<TrackedType> = new Set(["SUPPORT_AGENT", "COURSE_ENROLLMENT", "CERTIFICATE"]);

/** What belongs to an entitlement refers to it; nothing else is of one, whatever is given. */
function isOfAny(type: TrackedType, ids: string, given: string): string {
  if (type === "COURSE_ENTITLEMENT") return `h.id = any(${ids})`;
  if (type === "SUPPORT_DETAIL" || type === "REFUND") return `h.entitlement_id = any(${ids})`;
  return `${given} is null`;
}
