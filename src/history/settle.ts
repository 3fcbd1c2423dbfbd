import type { PoolClient, QueryResultRow } from "pg";
import { TRACKED_TYPES } from "./tracked-types";

/** The tables of history. */
export const HISTORIES: readonly string[] = Object.values(TRACKED_TYPES).map(
  ({ table }) => `historical_${table}`,
);

/** Entries that are settled in one transaction at most; those of one transaction are never parted. */
export const SETTLED_AT_ONCE = 20_000;
/** How far behind the present a round settles by itself: those that commit meanwhile keep the instants of their changes. */
const BEHIND_MS = 250;
/** A transaction is late when its changes count from so much later than they were made. */
const LATE_MS = 1_000;
/** Any number, as long as nothing else that shares the database takes it. */
const LOCK = 1_795_334_400;

/** How long a statement may take: longer than those of requests, as it may have to read much. */
const PATIENCE_S = 60;

/** What a round has found and done. */
export interface Round {
  /** Whether it was this process's turn; if not, nothing was looked at but the clock. */
  isOurs: boolean;
  /** The instant up to which no answer changes any more; null before anything was settled. */
  settledUntil: Date | null;
  /** The database's clock. */
  now: Date;
  /** The entries that were settled. */
  settled: number;
  /** The entries that were found, and are still to be settled. */
  left: number;
  /** The transactions that count from more than a second after their changes were made. */
  late: number;
  /** Which transactions it could see. */
  visible: string;
  /** The greatest id of a transaction's entries, of the last one that was settled; null for none. */
  lastId: string | null;
}

/** Where unsettled entries are looked for: those of transactions that no earlier round could see. */
export interface Place {
  /** The database's clock. */
  now: Date;
  /** The instant up to which no answer changes any more; null before anything was settled. */
  settledUntil: Date | null;
  /** The transactions from this one on were not there yet. */
  from: string;
  /** Of those before, these were in progress. */
  among: string[];
  /** Which transactions are visible now. */
  visible: string;
}

/** Reads the place. */
export const PLACE = `
  select history_now() as now, settled_until as "settledUntil",
    coalesce(pg_snapshot_xmax(seen)::text::bigint + history_txid_offset(), 0)::text as "from",
    array(select (xip::text::bigint + history_txid_offset())::text from pg_snapshot_xip(seen) xip) as among,
    pg_current_snapshot()::text as visible
  from (select 1) one left join history_clock on true`;

/**
 * Takes the turn of this process, if no other one has it, in a transaction that begins here. What follows sees what was
 * committed before: each statement has a view of its own, taken after the lock.
 */
export async function begin(client: PoolClient, hasTurn = false): Promise<Place & { isOurs: boolean }> {
  const results = (await client.query(
    `begin;
     set local statement_timeout = '${PATIENCE_S}s';
     select ${hasTurn ? "true" : `pg_try_advisory_xact_lock(${LOCK})`} as "isOurs";
     ${PLACE}`,
  )) as unknown as { rows: object[] }[];
  return Object.assign({}, ...results.slice(-2).map(({ rows }) => rows[0])) as Place & { isOurs: boolean };
}

/** Takes the turn of this process for several transactions, until `endTurn`. */
export async function takeTurn(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ isOurs: boolean }>(
    `select pg_try_advisory_lock(${LOCK}) as "isOurs"`,
  );
  return rows[0]!.isOurs;
}

/** Ends what `takeTurn` has begun. */
export async function endTurn(client: PoolClient): Promise<void> {
  await client.query(`select pg_advisory_unlock(${LOCK})`);
}

/**
 * The committed transactions that have no place yet, by the greatest id of their entries. Two that have changed the same row
 * are so in the order in which they have: the second one takes an id when the first has ended. Their dates need not be.
 */
export const FRESH = `
  select e.txid, min(e.date) as first_date, max(e.date) as last_date, count(*)::int as entries, max(e.id) as last_id,
    (select true from history_told told where told.txid = e.txid) as is_told
  from (${HISTORIES.map(
    (history) => `select history_txid as txid, history_date as date, history_id as id from ${history}
      where history_txid >= $1::bigint or history_txid = any($2::bigint[])`,
  ).join(" union all ")}) e
  where not exists (select from history_transaction x where x.txid = e.txid)
  group by e.txid`;

/**
 * Gives transactions their places, and moves the clock. The instant of a transaction is the latest date of its entries, but
 * later than all that is settled: so an answer as of a settled instant never changes, whoever commits late, and whatever
 * the clock does. A told past has no part in that, as its dates are those of another system.
 *
 * Hashes of what was settled are to be added by a statement between the places and the clock.
 */
const settling = (fresh: string, seen: string, isBacklog: boolean) => `
  with clock as materialized (
    select history_now() as now, ${seen} as seen, coalesce(last.first_position + last.entries, 0) as size,
      greatest(c.settled_until, last.at) as settled_until
    from (select 1) one left join history_clock c on true
    left join (select * from history_transaction order by first_position desc limit 1) last on true
  ), fresh as materialized (${fresh}
  ), placed as (
    select txid, first_date, last_date, entries, last_id, is_told, sum(entries) over in_order as upto,
      coalesce(
        greatest(clock.settled_until + interval '1 ms', max(case when is_told is null then last_date end) over in_order),
        (select least(min(last_date), now) from fresh where is_told is null), now
      ) as at
    from fresh, clock window in_order as (order by last_id)
  ), taken as (
    select * from placed where upto <= $4 or upto = entries
  ), inserted as (
    insert into history_transaction (txid, first_position, entries, at, first_date)
    select txid, clock.size + upto - entries, entries, at,
      case when is_told is null then least(first_date, at) else at end
    from taken, clock
  ), done as (
    select count(*) as transactions, coalesce(sum(entries), 0) as entries, max(at) as at,
      (select coalesce(sum(entries), 0) from fresh) - coalesce(sum(entries), 0) as left,
      count(*) filter (where is_told is null and at > last_date + interval '${LATE_MS} ms') as late
    from taken
  ), moved as (
    insert into history_clock as c (settled_until, horizon, seen, incarnation)
    select
      case when done.left > 0 or ${isBacklog} then greatest(clock.settled_until, done.at)
        else greatest(clock.settled_until, done.at, case when $3 then now else now - interval '${BEHIND_MS} ms' end) end,
      case when done.left > 0 then 0 else pg_snapshot_xmin(seen)::text::bigint + history_txid_offset() end,
      case when done.left > 0 then null else seen end,
      (select system_identifier from pg_control_system())
    from clock, done
    where done.transactions > 0 or $3 and now > coalesce(clock.settled_until, '-infinity')
    on conflict (is_only) do update set settled_until = excluded.settled_until,
      horizon = greatest(c.horizon, excluded.horizon), seen = coalesce(excluded.seen, c.seen)
    returning c.settled_until
  )
  select true as "isOurs", clock.now, coalesce((select settled_until from moved), clock.settled_until) as "settledUntil",
    done.entries::int as settled, done.left::int as left, done.late::int as late,
    clock.seen::text as visible, (select max(last_id) from taken)::text as "lastId"
  from clock, done`;

const SETTLE = settling(FRESH, "pg_current_snapshot()", false);
const SETTLE_GATHERED = settling(
  `select * from unsettled where last_id > $1::bigint and $2::bigint[] is not null order by last_id limit $4 + 1`,
  "(select seen from unsettled limit 1)",
  true,
);

/** Settles what is unsettled, up to a bound; up to this instant when `isAsked`, also where that is nothing. */
export async function settleFresh(client: PoolClient, place: Place, isAsked: boolean): Promise<Round> {
  const [round] = await ask<Round>(client, SETTLE, [place.from, place.among, isAsked, SETTLED_AT_ONCE]);
  return round!;
}

/** Gathers all that is unsettled in a table of this session, and returns how many entries that are. */
export async function gather(client: PoolClient, place: Place): Promise<number> {
  await ask(client, "drop table if exists unsettled");
  await ask(
    client,
    `create temporary table unsettled as select f.*, pg_current_snapshot() as seen from (${FRESH}) f`,
    [place.from, place.among],
  );
  await ask(client, "create index on unsettled (last_id)");
  await ask(client, "analyze unsettled");
  const [row] = await ask<{ entries: number }>(
    client,
    "select coalesce(sum(entries), 0)::int as entries from unsettled",
  );
  return row!.entries;
}

/** Settles what was gathered, from where it stands, up to the bound. */
export async function settleGathered(client: PoolClient, after: string): Promise<Round> {
  const [round] = await ask<Round>(client, SETTLE_GATHERED, [after, [], false, SETTLED_AT_ONCE]);
  return round!;
}

async function ask<R extends QueryResultRow>(
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const patient = { text, values: [...values], query_timeout: (PATIENCE_S + 1) * 1_000 };
  return (await client.query<R>(patient)).rows;
}
