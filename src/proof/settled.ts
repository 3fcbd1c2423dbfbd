import type { EntityManager } from "typeorm";
import { TRACKED_TYPES } from "../history/tracked-types";

const TABLES = Object.values(TRACKED_TYPES).map(({ table }) => table);

/** All entries: `txid`, `id` of the entry, `date`, and what it is of. */
const ENTRIES = TABLES.map(
  (
    table,
  ) => `select history_txid as txid, history_id as id, history_date as date, '${table}' as "table", id as entity
    from historical_${table}`,
).join(" union all ");

/** The first transaction whose place does not follow from the one before it. */
const OUT_OF_ORDER = `
  select txid, first_position as position, case
    when first_position <> expected then 'should be position ' || expected || ', as positions have no gaps'
    when at < before then 'counts from ' || at || ', which is before the transaction before it'
    else 'begins at ' || first_date || ', which is after the instant from which it counts' end as fault
  from (
    select *, lag(first_position + entries, 1, 0::bigint) over in_order as expected, lag(at) over in_order as before
    from history_transaction window in_order as (order by first_position)
  ) placed
  where first_position <> expected or at < before or first_date > at
  order by first_position limit 1`;

/** The first transaction that is not what its entries say. */
const OUT_OF_STEP = `
  select coalesce(x.txid, e.txid) as txid, x.first_position as position, case
    when x.txid is null then 'has no place, although everything before transaction ' || horizon || ' is settled'
    when e.txid is null then 'has ' || x.entries || ' entries in the order of history, and none in its tables'
    when e.entries <> x.entries then 'has ' || x.entries || ' entries in the order of history, and ' || e.entries || ' in its tables'
    else 'counts from ' || x.first_date || ' to ' || x.at || ', and its entries are of ' || e.first_date || ' to ' || e.last_date
    end as fault
  from history_transaction x
  full join (
    select txid, count(*) as entries, min(date) as first_date, max(date) as last_date from (${ENTRIES}) e group by txid
  ) e on e.txid = x.txid
  left join history_told told on told.txid = x.txid
  left join history_clock on true
  where case when x.txid is null then e.txid < horizon
    else e.txid is null or e.entries <> x.entries
      or case when told.txid is null then x.at < e.last_date or x.first_date <> e.first_date else x.first_date <> x.at end end
  order by x.first_position nulls last, 1 limit 1`;

/** Where the clock is not: behind what it has settled, or ahead of the present by more than clocks differ. */
const CLOCK = `
  select txid, first_position as position, case
    when settled_until < at then 'counts from ' || at || ', but the clock says that all is settled until ' || settled_until
    when settled_until > history_now() + interval '1 minute' then 'is followed by a clock that says that all is settled until ' || settled_until || ', which is in the future'
    else 'is followed by a clock that says that all transactions before ' || horizon || ' are settled, and there are none yet' end as fault
  from history_clock, (select * from history_transaction order by first_position desc limit 1) newest
  where settled_until < at or settled_until > history_now() + interval '1 minute'
    or horizon > pg_snapshot_xmax(pg_current_snapshot())::text::bigint + history_txid_offset()`;

/**
 * The first transaction whose changes are dated before it can have begun: more than a minute before those of all of the ten
 * that have the numbers before its own. One of them may have been open for long; not all.
 */
const ANTEDATED = `
  select txid, first_position as position, 'is late: its changes are dated from ' || first_date || ' on, and it began after changes of '
    || earliest || ', which is more than a minute later' as fault
  from (
    select x.*, min(first_date) over (order by txid rows between 10 preceding and 1 preceding) as earliest
    from history_transaction x where not exists (select from history_told told where told.txid = x.txid)
  ) numbered
  where earliest > first_date + interval '1 minute'
  order by first_position limit 1`;

/** A transaction that is not as the committer leaves it. */
interface Fault {
  txid: string;
  /** Where it begins; null where it has no place. */
  position: string | null;
  fault: string;
}

/**
 * What is wrong with the order of history, one sentence for each kind of fault: it names the first position that is wrong,
 * and what its entry is of. None when positions have no gaps and every entry below the horizon has one, instants never go
 * back, the clock is not behind them or ahead of the present, and nothing is dated before its transaction can have begun.
 */
export async function settledFaults(db: EntityManager): Promise<string[]> {
  const found: string[] = [];
  for (const sql of [OUT_OF_ORDER, OUT_OF_STEP, CLOCK, ANTEDATED]) {
    const [first] = await db.query<Fault[]>(sql);
    if (first) found.push(await sentence(db, first));
  }
  return found;
}

async function sentence(db: EntityManager, { txid, position, fault }: Fault): Promise<string> {
  const [entry] = await db.query<{ id: string; table: string; entity: string }[]>(
    `select * from (${ENTRIES}) e where txid = $1 order by id limit 1`,
    [txid],
  );
  const of = entry ? ` (entry ${entry.id} of ${entry.table} ${entry.entity})` : "";
  return `${position === null ? "" : `position ${position}: `}transaction ${txid}${of} ${fault}`;
}
