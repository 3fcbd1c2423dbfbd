import { stagedName } from "../../staging/names";
import type { Field } from "../../tables/field";
import type { TrackedTable } from "../../tables/tracked-tables";
import { faultOf, noteOf, originalOf, valueOf } from "./conversions";

/** The operation of an entry for which the original tells none. */
export const RECORDED = "recordedByLms";

/** A range of the ids of the original, both ends included. */
export interface IdRange {
  first: string;
  /** The last id of the range. */
  last: string;
}

/** Our columns that a tracked table is given by an import, but for the id. */
export function columnsOf({ fields, derived }: TrackedTable): string[] {
  const given = fields.flatMap(({ to }) => (to === null || to === "id" ? [] : [to]));
  return [...given, ...Object.keys(derived)];
}

/**
 * SQL for the staged rows of a table that meet a condition, converted: `source_id`, `id`, our columns, `checksum`, `fault` (empty where it can be
 * stored), `notes` on what was altered, and `original`.
 */
export function convertedLive(table: TrackedTable, range: IdRange, condition = "true"): string {
  return converted(table, stagedName(table.live), range, { isPast: false, condition });
}

/** SQL for the staged entries of the history of a table, alike, with `source_history_id` and what an entry has. */
export function convertedPast(table: TrackedTable, range: IdRange, condition = "true"): string {
  return converted(table, stagedName(table.past!), range, { isPast: true, condition });
}

function converted(
  { table, uuid, derived, live, fields }: TrackedTable,
  staged: string,
  { first, last }: IdRange,
  { isPast, condition }: { isPast: boolean; condition: string },
): string {
  const stored = fields.filter(({ to }) => to !== null);
  const id = uuid === null ? `import_staging.id_of('${table}', s.id)` : null;
  const values = [
    ...(id ? [`${id} as c_id`] : []),
    ...stored.map((each) => `${valueOf(each, isPast)} as c_${each.to}`),
  ];
  const joins = stored
    .filter(({ target }) => target !== null)
    .map(
      ({ from, target }) => `left join imported_row r_${from} on r_${from}.source_table = '${target}'
        and r_${from}.source_id = import_staging.number_of(s."${from}")`,
    );
  const names = live.columns.map((column) => `c."${column}"`);
  const others = isPast ? [] : Object.entries(derived).map(([to, { sql, note }]) => ({ to, sql, note }));
  const list = [
    "c.id as source_id",
    "c.c_id as id",
    ...stored.filter(({ to }) => to !== "id").map(({ to }) => `c.c_${to} as ${to}`),
    ...others.map(({ to, sql }) => `${sql} as ${to}`),
    `${isPast ? "null" : `md5(row(${[...names, ...others.map(({ sql }) => `(${sql}) is not null`)].join(", ")})::text)`}::uuid as checksum`,
    `concat_ws('; ', ${[...stored.map((each) => faultOf(each, isPast)), ...(isPast ? ENTRY_FAULTS : [])].join(", ")}) as fault`,
    `array_remove(array[${[
      ...stored.map((each) => noteOf(each, isPast)),
      ...others.map(({ sql, note }) => `case when (${sql}) is not null then '${note}' end`),
      NUL_NOTE,
    ].join(", ")}], null) as notes`,
    `nullif(${originalsOf(fields, isPast)}, '{}') as original`,
    ...(isPast ? ENTRY : []),
  ];
  return `
    select ${list.join(",\n      ")}
    from (select s.*, ${values.join(",\n        ")} ${isPast ? ", u.username as c_username" : ""}
      from ${staged} s ${joins.join("\n      ")}
      ${isPast ? "left join user_account u on u.id = import_staging.number_of(s.history_user_id)" : ""}
      where s.id between ${first} and ${last} and ${condition}
      ${isPast ? notYetImported(table) : ""}
      offset 0) c`;
}

/** Almost every row has instants with microseconds and nothing else: that is told apart because it takes half the time. */
function originalsOf(fields: readonly Field[], isPast: boolean): string {
  const pairs = fields.map((each): [string, string] => [each.from, originalOf(each)]);
  const stamps = pairs.filter(([from]) => from === "created" || from === "modified");
  if (isPast) {
    stamps.push(["history_date", "c.history_date"]);
    const reason = `case when c.history_change_reason in ('', '${RECORDED}') then c.history_change_reason end`;
    pairs.push(["history_date", "c.history_date"], ["history_change_reason", reason]);
  }
  const others = [
    ...pairs.filter(([from]) => !stamps.some(([stamp]) => stamp === from)),
    ["nuls", "c.nuls::text"],
  ];
  const object = (some: readonly (readonly string[])[]) =>
    `jsonb_build_object(${some.map(([from, sql]) => `'${from}', ${sql}`).join(", ")})`;
  const all = `jsonb_strip_nulls(${object([...pairs, ["nuls", "c.nuls"]])})`;
  if (stamps.length === 0) return all;
  return `case when num_nulls(${stamps.map(([, sql]) => sql).join(", ")}) = 0
      and num_nonnulls(${others.map(([, sql]) => sql).join(", ")}) = 0
    then ${object(stamps)} else ${all} end`;
}

const notYetImported = (table: string) => `and not exists (select from imported_row k
  where k.source_table = 'historical_${table}' and k.source_id = s.history_id)`;

const NUL_NOTE = `case when c.nuls is not null
  then (select string_agg(name, ', ') from jsonb_object_keys(c.nuls) name) || ': the character NUL was left out' end`;

const ENTRY = [
  "c.history_id as source_history_id",
  "import_staging.instant_of(c.history_date) as date",
  "c.history_type as type",
  `coalesce(nullif(c.history_change_reason, ''), '${RECORDED}') as reason`,
  "import_staging.number_of(c.history_user_id) as user_id_of_author",
  "coalesce(c.c_username, 'user ' || c.history_user_id, 'system') as label",
];

const ENTRY_FAULTS = [
  "case when import_staging.instant_of(c.history_date) is null then 'history_date is not an instant' end",
  "case when coalesce(c.history_type, '') not in ('+', '~', '-') then 'history_type is none of + ~ -' end",
];
