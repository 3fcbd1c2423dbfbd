import type { TrackedType } from "../../history/tracked-types";
import { select, type Database } from "../../store/statement";
import { entriesFrom, entriesIn, historyOf } from "../finding/entry-rows";
import { foundOf, PLACE, PLACED, placedOf, type PlacedEntry } from "./placed";
import { isRefundOf } from "../refunds";

/** A change of an entitlement, or of what belongs to one. */
export interface FeedEntry extends PlacedEntry {
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
const TYPES = Object.keys(ENTITLEMENT) as FeedType[];

/**
 * The changes at the positions after one up to another, in their order. Of some entitlements, at most so many: an index finds
 * them, however far apart they are. Of everything, all that there are: the positions have to be near each other.
 */
export function readFeed(
  db: Database,
  { entitlementId, learnerId }: FeedScope,
  after: bigint,
  upTo: bigint,
  most: number,
): Promise<FeedEntry[]> {
  const values: unknown[] = [String(after), String(upTo), most];
  let entitlements: string | null = null;
  if (entitlementId !== null) entitlements = `array[$${values.push(entitlementId)}::uuid]`;
  else if (learnerId !== null)
    entitlements = `array(select distinct id from historical_course_entitlement where user_id = $${values.push(learnerId)})`;
  const sources = TYPES.map((type) => {
    const source =
      entitlements === null
        ? placedOf(type)
        : foundOf(type, [`h.${ENTITLEMENT[type]} = any(${entitlements})`]);
    return `(${entriesFrom(type, source, `${PLACE}, ${columnsOf(type)}`)})`;
  });
  const placed = entitlements === null ? `with ${PLACED}` : "";
  return select<FeedEntry>(db, `${placed} ${sources.join(" union all ")} order by position limit $3`, values);
}

/** The change of an entry; undefined where the entry is of nothing that the feed tells of. */
export async function feedEntry(db: Database, historyId: string): Promise<FeedEntry | undefined> {
  const settled = (type: FeedType) =>
    `(select h.*, null::bigint as position, null::timestamptz as at from ${entriesIn(historyOf(type))} h) h`;
  const sources = TYPES.map(
    (type) => `(${entriesFrom(type, settled(type), `${PLACE}, ${columnsOf(type)}`)})`,
  );
  const [entry] = await select<FeedEntry>(db, sources.join(" union all "), [[historyId]]);
  return entry;
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
