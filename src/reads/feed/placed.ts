import { ALL_TYPES, entriesIn, historyOf, type Entry } from "../finding/entry-rows";
import { select, type Database } from "../../store/statement";
import type { TrackedType } from "../../history/tracked-types";

/** Entries that are read at once to find a place by ids. */
const IDS_AT_ONCE = 50_000n;

/** A change with its place in the order of commits. */
export interface PlacedEntry extends Entry {
  /** From 0, without gaps. */
  position: string;
  /** The instant from which it counts: its own where its transaction tells a past, and otherwise that of the transaction. */
  settledAt: Date;
}

/** Where the order of commits ends. */
export interface LogEnd {
  /** How many entries are settled: the position of the next one. */
  size: string;
  /** No answer up to here changes any more; null before anything was settled. */
  settledUntil: Date | null;
}

/** Where the order of commits ends now. */
export async function logEnd(db: Database): Promise<LogEnd> {
  const [end] = await select<LogEnd>(
    db,
    `select coalesce((
       select first_position + entries from history_transaction order by first_position desc limit 1
     ), 0)::text as size, (select settled_until from history_clock) as "settledUntil"`,
  );
  return end!;
}

/** Columns of an entry from one of the sources below, to be ordered by `position`. */
export const PLACE = `h.position, case when exists (select from history_told told where told.txid = h.history_txid)
  then h.history_date else h.at end as "settledAt"`;

/** The entries of the transaction \`x\`, whatever they are of. */
const ofTransaction = (columns: (type: TrackedType) => string, condition = "") =>
  ALL_TYPES.map(
    (type) => `select ${columns(type)} from ${historyOf(type)} e where e.history_txid = x.txid ${condition}`,
  ).join(" union all ");

/**
 * A common table \`placed\` of the entries at the positions after \`$1\` up to \`$2\`. Of a transaction that begins before,
 * or ends after, all entries have to be numbered.
 */
export const PLACED = `placed as materialized (
  select numbered.*, x.first_position + numbered.place as position, x.at
  from history_transaction x cross join lateral ${numbered()}
  where x.first_position <= $2::bigint and x.first_position >= coalesce((
      select first_position from history_transaction where first_position <= $1::bigint + 1
      order by first_position desc limit 1), 0)
    and x.first_position + numbered.place between $1::bigint + 1 and $2::bigint)`;

/** The entries of the transaction `x`, each with its place among them. */
function numbered(): string {
  return `(
    select type, history_id, row_number() over (order by history_id) - 1 as place
    from (${ofTransaction((type) => `'${type}' as type, e.history_id`)}) of_transaction) numbered`;
}

/** The history rows \`h\` of a type among those of \`placed\`. */
export function placedOf(type: TrackedType, conditions: readonly string[] = []): string {
  return `(
    select h.*, placed.position, placed.at
    from placed cross join lateral (select * from ${historyOf(type)} where history_id = placed.history_id limit 1) h
    where ${["placed.type = '" + type + "'", ...conditions].join(" and ")}) h`;
}

/** Where a history row \`h\` of the settled transaction \`x\` stands. */
const POSITION = `x.first_position + (select count(*) from (${ofTransaction(
  () => "1",
  "and e.history_id < h.history_id",
)}) before)`;

/**
 * The first history rows \`h\` of a type that meet conditions, at the positions after \`$1\` up to \`$2\`, at most \`$3\`: for
 * conditions that an index finds few rows by.
 */
export function foundOf(type: TrackedType, conditions: readonly string[]): string {
  return `(
    select h.*, x.at, ${POSITION} as position
    from ${historyOf(type)} h join history_transaction x on x.txid = h.history_txid
    where ${conditions.join(" and ")} and x.first_position <= $2::bigint and x.first_position + x.entries > $1::bigint + 1
      and (x.first_position > $1::bigint or ${POSITION} > $1::bigint) and (x.first_position + x.entries <= $2::bigint + 1 or ${POSITION} <= $2::bigint)
    order by x.first_position, h.history_id limit $3) h`;
}

/** A place in the order of commits for who has followed the ids of entries until now. */
export interface IdPlace {
  /** Everything that has to be told stands after it. */
  after: bigint;
  /** What has a smaller or equal id was told, wherever it stands. */
  told: bigint;
}

/**
 * The place of who has been told of all entries up to an id, of entries that were then settled by their ids. Entries that are
 * not settled yet come later anyway. It reads what has greater ids, part by part.
 */
export async function placeAfterId(db: Database, id: bigint, newest: bigint): Promise<IdPlace> {
  const entries = ALL_TYPES.map(
    (type) => `select history_txid from ${historyOf(type)} where history_id > $1 and history_id <= $2`,
  ).join(" union all ");
  let first = BigInt((await logEnd(db)).size);
  for (let from = id; from < newest; from += IDS_AT_ONCE) {
    const [row] = await select<{ first: string | null }>(
      db,
      `select min(x.first_position)::text as first from (${entries}) h join history_transaction x on x.txid = h.history_txid`,
      [String(from), String(from + IDS_AT_ONCE)],
    );
    if (row!.first !== null && BigInt(row!.first) < first) first = BigInt(row!.first);
  }
  return { after: first - 1n, told: id };
}

/** The entry with an id, or the next one; undefined where there is none. Its position is null until it is settled. */
export async function placeFromId(
  db: Database,
  id: string,
): Promise<{ position: string | null } | undefined> {
  const next = ALL_TYPES.map(
    (type) =>
      `(select history_id, history_txid from ${historyOf(type)} where history_id >= $1 order by history_id limit 1)`,
  ).join(" union all ");
  const [found] = await select<{ position: string | null }>(
    db,
    `select case when x.txid is not null then ${POSITION} end as position
     from (${next} order by history_id limit 1) h left join history_transaction x on x.txid = h.history_txid`,
    [id],
  );
  return found;
}

/** The newest id that the sequence of history has handed out; 0 before the first. */
export async function lastId(db: Database): Promise<bigint> {
  const [sequence] = await select<{ last: string }>(
    db,
    "select (case when is_called then last_value else 0 end)::text as last from history_id_seq",
  );
  return BigInt(sequence!.last);
}

/** The places of entries by their ids; null for those that are not settled, or do not exist. */
export async function placesOf(
  db: Database,
  ids: readonly string[],
): Promise<(Pick<PlacedEntry, "id" | "position" | "settledAt"> | null)[]> {
  const entries = ALL_TYPES.map(
    (type) => `select history_id, history_txid, history_date from ${entriesIn(historyOf(type))} e`,
  ).join(" union all ");
  const rows = await select<Pick<PlacedEntry, "id" | "position" | "settledAt">>(
    db,
    `with asked as materialized (${entries})
     select h.history_id::text as id, ${PLACE} from (
       select asked.*, x.at, x.first_position + numbered.place as position
       from history_transaction x cross join lateral ${numbered()} join asked on asked.history_id = numbered.history_id
       where x.txid = any(array(select distinct history_txid from asked))
     ) h`,
    [ids],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
}
