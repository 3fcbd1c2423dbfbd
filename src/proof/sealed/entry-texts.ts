import { select, type Database } from "../../store/statement";
import { TRACKED_TYPES } from "../../history/tracked-types";

/** A settled entry as it is sealed. */
export interface SealedEntry {
  /** The id of the entry. */
  historyId: string;
  /** The table of history that it stands in. */
  table: string;
  /** The id of what it is an entry of. */
  entity: string;
  /** The position of the first entry of its transaction. */
  first: number;
  /** The values of its columns by their names. */
  values: Record<string, string | string[] | null>;
  /** The account that acted; null for background work. */
  actorId: string | null;
  /** What stands for the values that were erased, by column, with the erasure that did it. */
  erased: Readonly<Record<string, readonly [hidden: string, erasureId: string]>>;
  /** The learner that its comments, or the words of a shop, are about; null where there are none. */
  learnerId: string | null;
}

/** The tables of history. */
export const TABLES = Object.values(TRACKED_TYPES).map(({ table }) => `historical_${table}`);
/** Columns with words about the learner of the entitlement, or about the agent, by table. */
const ABOUT_LEARNER: Readonly<Record<string, string>> = {
  historical_course_entitlement_support_detail: "comments",
  historical_refund: "detail",
  historical_support_agent: "comments",
};
const NAMES_OF_ACTOR = ["history_user_label", "history_claimed_label"];

/** Which columns of an entry are about which account, as far as they were not erased. */
export function subjectsOf({
  table,
  actorId,
  learnerId,
  erased,
  values,
}: SealedEntry): [column: string, userId: string][] {
  const about = ABOUT_LEARNER[table];
  const subjects = [
    ...NAMES_OF_ACTOR.map((column) => [column, actorId] as const),
    ...(about === undefined ? [] : [[about, learnerId] as const]),
  ];
  return subjects.flatMap(([column, userId]) =>
    userId === null || values[column] === null || erased[column] ? [] : [[column, userId]],
  );
}

/** The same text for the same value for ever, whatever the settings of a session. */
function textOf(column: string, type: string): string {
  const value = `h."${column}"`;
  switch (type) {
    case "timestamp with time zone":
      return `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    case "interval": // 24 hours are not a day
      return `(extract(year from ${value}) * 12 + extract(month from ${value}))::int || 'm' || extract(day from ${value})::int
        || 'd' || (extract(hour from ${value}) * 3600000 + extract(minute from ${value}) * 60000
        + extract(milliseconds from ${value}))::bigint || 'ms'`;
    case "bytea":
      return `encode(${value}, 'hex')`;
    default:
      return type.endsWith("[]") ? `to_json(${value})` : `${value}::text`;
  }
}

/** The learner of the entitlement as the entry knows it: a learner may have got it from another one later. */
const LEARNER = `coalesce(
  (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id and e.history_id <= h.history_id
   order by e.history_id desc limit 1),
  (select e.user_id from historical_course_entitlement e where e.id = h.entitlement_id order by e.history_id limit 1))::text`;

type ReadEntry = Omit<SealedEntry, "values"> & { at: string; texts: SealedEntry["values"][string][] };

/** SQL for who the words of an entry `h` are about. */
function learnerOf(table: string): string {
  if (table === "historical_support_agent") return "h.user_id::text";
  return ABOUT_LEARNER[table] === undefined ? "null" : LEARNER;
}

/** Reads settled entries in their order. The columns are those of the database, which a newer server may have given it. */
export class EntryTexts {
  private constructor(
    private readonly columns: ReadonlyMap<string, readonly { column: string; type: string }[]>,
  ) {}

  static async of(db: Database): Promise<EntryTexts> {
    const rows = await select<{ table: string; column: string; type: string }>(
      db,
      `select relname as "table", attname as "column", format_type(atttypid, null) as type
       from pg_class c join pg_attribute a on attrelid = c.oid
       where c.oid = any(select to_regclass(quote_ident(name)) from unnest($1::text[]) name) and attnum > 0 and not attisdropped
       order by relname, attname`,
      [TABLES],
    );
    const columns = new Map(TABLES.map((table) => [table, rows.filter((row) => row.table === table)]));
    return new EntryTexts(columns);
  }

  /** The entries of the transactions that begin at one of these positions. */
  read(db: Database, from: number, until: number): Promise<SealedEntry[]> {
    const sql = `
      with batch as materialized (
        select txid, first_position, at from history_transaction where first_position >= $1 and first_position < $2
      )
      ${this.select((table) => `batch b join ${table} h on h.history_txid = b.txid`)}`;
    return this.ask(db, sql, [from, until]);
  }

  /** The settled ones of some entries, in their order. */
  readSome(db: Database, historyIds: readonly string[]): Promise<SealedEntry[]> {
    const of = (table: string) =>
      `${table} h join history_transaction b on b.txid = h.history_txid where h.history_id = any($1::bigint[])`;
    return this.ask(db, this.select(of), [historyIds]);
  }

  private select(from: (table: string) => string): string {
    const parts = [...this.columns].map(
      ([table, own]) => `
        select '${table}' as "table", h.history_id, h.id::text as entity, b.first_position, b.at, h.history_user_id::text as "actorId",
          ${learnerOf(table)} as "learnerId",
          json_build_array(${own.map(({ column, type }) => textOf(column, type)).join(", ")}) as texts
        from ${from(table)}`,
    );
    return `select "table", history_id::text as "historyId", entity, first_position::float8 as first, "actorId", "learnerId", texts,
      coalesce((select jsonb_object_agg(column_name, jsonb_build_array(hidden, erasure_id)) from history_erased r
        where r.history_id = e.history_id), '{}') as erased,
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
      from (${parts.join(" union all ")}) e
      order by first_position, history_id`;
  }

  private async ask(db: Database, sql: string, given: unknown[]): Promise<SealedEntry[]> {
    const rows = await select<ReadEntry>(db, sql, given);
    return rows.map(({ at, texts, ...entry }) => {
      const values: SealedEntry["values"] = { at, table: entry.table };
      this.columns.get(entry.table)!.forEach(({ column }, place) => (values[column] = texts[place]!));
      return { ...entry, values };
    });
  }
}

/** Up to where at most so many entries are read after a position; null where there are none. Transactions are never parted. */
export async function endOfPart(
  db: Database,
  from: number,
  most: number,
): Promise<{ size: number; at: Date } | null> {
  const [last] = await select<{ size: number; at: Date }>(
    db,
    `select (first_position + entries)::float8 as size, at from history_transaction
     where first_position >= $1 and first_position < $2 order by first_position desc limit 1`,
    [from, from + most],
  );
  return last ?? null;
}
