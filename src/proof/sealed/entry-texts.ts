import { listOf, select, type Database } from "../../store/statement";
import { TRACKED_TYPES } from "../../history/tracked-types";
import { LeafForm, type EntryValue, type ErasedColumns } from "../tree/leaf";
import { ABOUT_LEARNER, SealedEntry, type KeptSalts } from "./sealed-entry";

/** The tables of history. */
export const TABLES = Object.values(TRACKED_TYPES).map(({ table }) => `historical_${table}`);
/** SQL for the text of an instant. */
export const instantOf = (value: string) =>
  `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The same text for the same value for ever, whatever the settings of a session. */
function textOf(column: string, type: string): string {
  const value = `h."${column}"`;
  switch (type) {
    case "timestamp with time zone":
      return instantOf(value);
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

/** SQL for who the words of an entry `h` are about. */
function learnerOf(table: string): string {
  if (table === "historical_support_agent") return "h.user_id::text";
  return ABOUT_LEARNER[table] === undefined ? "null" : LEARNER;
}

/** The columns of the tables of history: the table, the name and the type of each. */
const COLUMNS = `
  select json_agg(json_build_array(relname, attname, format_type(atttypid, null)) order by relname, attname)::text as columns
  from pg_class c join pg_attribute a on attrelid = c.oid
  where c.oid = any(select to_regclass(quote_ident(name)) from unnest($1::text[]) name) and attnum > 0 and not attisdropped`;

interface ReadEntry {
  table: string;
  /** The place of what it was asked for by. */
  place: number;
  /** The learner that its comments, or the words of a shop, are about; null where there are none. */
  learnerId: string | null;
  texts: EntryValue[];
  erased: ErasedColumns | null;
  salts: KeptSalts | null;
}
const NOTHING = {};

/** Reads settled entries in their order. The columns are those of the database, which a newer server may have given it. */
export class EntryTexts {
  private static known: EntryTexts | undefined;
  private readonly forms = new Map<string, LeafForm>();
  private readonly statements: Record<"history_id" | "history_txid", string>;

  private constructor(private readonly columns: string) {
    const all = JSON.parse(columns) as [table: string, column: string, type: string][];
    const parts: string[] = [];
    for (const table of TABLES) {
      const own = all.filter(([of]) => of === table);
      this.forms.set(table, new LeafForm([...own.map(([, column]) => column), "at", "table"]));
      parts.push(`
        select '${table}' as "table", w.place, h.history_id, ${learnerOf(table)} as "learnerId",
          json_build_array(${own.map(([, column, type]) => textOf(column, type)).join(", ")}) as texts
        from wanted w join ${table} h`);
    }
    const statement = (by: string) => `
      with wanted as materialized (
        select id, place from unnest(${listOf("$1", "bigint")}) with ordinality as given (id, place)
      )
      select "table", place::int - 1 as place, "learnerId", texts,
        (select jsonb_object_agg(column_name, jsonb_build_array(hidden, erasure_id)) from history_erased r
          where r.history_id = e.history_id) as erased,
        (select jsonb_object_agg(user_id, encode(salt, 'hex')) from history_salt s
          where s.history_id = e.history_id) as salts
      from (${parts.map((part) => `${part} on h.${by} = w.id`).join(" union all ")}) e
      order by e.place, history_id`;
    this.statements = { history_id: statement("history_id"), history_txid: statement("history_txid") };
  }

  static async of(db: Database): Promise<EntryTexts> {
    const [found] = await select<{ columns: string }>(db, COLUMNS, [TABLES]);
    if (this.known?.columns !== found!.columns) this.known = new EntryTexts(found!.columns);
    return this.known;
  }

  /** The entries with these ids, or of these transactions, in their order. `ats` are the instants from which they count. */
  async read(
    db: Database,
    by: "history_id" | "history_txid",
    ids: readonly string[],
    ats: readonly string[],
  ): Promise<SealedEntry[]> {
    const rows = await select<ReadEntry>(db, this.statements[by], [ids]);
    return rows.map(({ table, place, learnerId, texts, erased, salts }) => {
      texts.push(ats[place]!, table);
      const form = this.forms.get(table)!;
      return new SealedEntry(table, form, texts, erased ?? NOTHING, learnerId, salts ?? NOTHING);
    });
  }
}

/** Neighboring transactions, in their order. */
export interface Part {
  /** Their numbers. */
  txids: string[];
  /** The instants from which they count. */
  ats: string[];
  /** The position after the last of their entries. */
  until: number;
}

/** The transactions of at most so many entries from a position on; null where there are none. They are never parted. */
export async function partFrom(db: Database, from: number, most: number): Promise<Part | null> {
  const [part] = await select<Part>(
    db,
    `select json_agg(txid::text order by first_position) as txids, json_agg(${instantOf("at")} order by first_position) as ats,
       max(first_position + entries)::float8 as until
     from history_transaction where first_position >= $1 and first_position < $2 having count(*) > 0`,
    [from, from + most],
  );
  return part ?? null;
}
