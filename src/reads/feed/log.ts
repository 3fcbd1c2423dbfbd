import { ALL_TYPES, entriesFrom } from "../finding/entry-rows";
import { conditionsOf, type EntryCriteria } from "../finding/entry-criteria";
import { select, type Database } from "../../store/statement";
import { foundOf, logEnd, PLACE, PLACED, placedOf, type PlacedEntry } from "./placed";

/** So many positions are looked at for a page, where no index finds what matches. */
export const LOOKED_AT = 1_000;

/** Settled changes after a position. */
export interface LogPage {
  /** The oldest first. */
  entries: PlacedEntry[];
  /** Where to go on: everything up to there was looked at. */
  next: string;
  /** Whether anything was settled after that when it was read. */
  hasMore: boolean;
}

/**
 * The settled changes after a position, in the order of their commits: who goes on from `next` misses none and gets none
 * twice. A page may have fewer than `size` changes, or none, before the end.
 */
export async function readLog(
  db: Database,
  criteria: EntryCriteria,
  after: bigint,
  size: number,
): Promise<LogPage> {
  const end = BigInt((await logEnd(db)).size) - 1n;
  if (after >= end) return { entries: [], next: String(after), hasMore: false };
  const values: unknown[] = [String(after), "", size + 1];
  const conditions = conditionsOf(criteria, values);
  const isIndexed = [
    criteria.entityIds,
    criteria.entitlementIds,
    criteria.usernames,
    criteria.requestId,
  ].some(Boolean);
  const most = BigInt(conditions.length === 0 ? size + 1 : LOOKED_AT);
  const upTo = isIndexed || after + most > end ? end : after + most;
  values[1] = String(upTo);
  const sources = ALL_TYPES.map((type) => {
    const matching = conditions.map((condition) => condition(type));
    return `(${entriesFrom(type, isIndexed ? foundOf(type, matching) : placedOf(type, matching), PLACE)})`;
  });
  const found = await select<PlacedEntry>(
    db,
    `${isIndexed ? "" : `with ${PLACED}`} ${sources.join(" union all ")} order by position limit $3`,
    values,
  );
  const entries = found.slice(0, size);
  const next = found.length > size ? entries.at(-1)!.position : String(upTo);
  return { entries, next, hasMore: BigInt(next) < end };
}
