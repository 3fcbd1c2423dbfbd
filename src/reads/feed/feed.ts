import type { TrackedType } from "../../history/tracked-types";
import { select, type Database } from "../../store/statement";
import { entriesFrom, historyOf, type Entry } from "../finding/entry-rows";
import { isRefundOf } from "../refunds";

/** A change of an entitlement, or of what belongs to one. */
export interface FeedEntry extends Entry {
  entitlementId: string;
  /** The learner who had the entitlement when it was changed; null when that is not known. */
  learnerId: string | null;
  /** Whether that learner may be told: not of refunds that were requested while it was another's. */
  isTold: boolean;
}

/** Which changes to read; null is all of them. */
export interface FeedScope {
  entitlementId: string | null;
  /** Whoever has, or once had, the entitlements. */
  learnerId: string | null;
}

/** By which column the types of the feed know their entitlement. */
const ENTITLEMENT = {
  COURSE_ENTITLEMENT: "id",
  SUPPORT_DETAIL: "entitlement_id",
  REFUND: "entitlement_id",
} as const;
type FeedType = keyof typeof ENTITLEMENT & TrackedType;

/** The changes after one id up to another, the oldest first, at most so many. One statement. */
export function readFeed(
  db: Database,
  { entitlementId, learnerId }: FeedScope,
  after: bigint,
  upTo: bigint,
  most: number,
): Promise<FeedEntry[]> {
  const values: unknown[] = [String(after), String(upTo), most];
  let entitlements: string | null = null;
  if (entitlementId !== null) entitlements = `select $${values.push(entitlementId)}::uuid`;
  else if (learnerId !== null)
    entitlements = `select distinct id from historical_course_entitlement where user_id = $${values.push(learnerId)}`;
  const types = Object.keys(ENTITLEMENT) as FeedType[];
  const sources = types.map(
    (type) => `(${entriesFrom(type, sourceOf(type, entitlements), columnsOf(type))})`,
  );
  return select<FeedEntry>(db, `${sources.join(" union all ")} order by "order" limit $3`, values);
}

/** The history rows of a type in the range: all, or those of each of a few entitlements. */
function sourceOf(type: FeedType, entitlements: string | null): string {
  const inRange = `select h.* from ${historyOf(type)} h where h.history_id > $1 and h.history_id <= $2`;
  const oldest = "order by h.history_id limit $3";
  return entitlements === null
    ? `(${inRange} ${oldest}) h`
    : `(${entitlements}) k(id) cross join lateral (${inRange} and h.${ENTITLEMENT[type]} = k.id ${oldest}) h`;
}

function columnsOf(type: FeedType): string {
  const learners = `select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id`;
  // Of what was imported together, either may have been recorded first.
  const learner = `coalesce((${learners} and e.history_id <= h.history_id order by e.history_id desc limit 1),
    (${learners} order by e.history_id limit 1))`;
  return `h.${ENTITLEMENT[type]} as "entitlementId",
    ${type === "COURSE_ENTITLEMENT" ? "h.user_id" : learner} as "learnerId",
    ${type === "REFUND" ? isRefundOf("h", learner) : "true"} as "isTold"`;
}
