import { RECORDED } from "../import/tracked/convert";
import { RECONCILE, START } from "../import/tracked/entries";
import type { Field } from "../tables/field";
import type { TrackedTable } from "../tables/tracked-tables";

/** An instant as MySQL writes it, in UTC. */
const instant = (sql: string) => `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

/** The tables whose rows have ids of their own in the LMS, of which entitlements and support details know some. */
const NUMBERED = ["course_entitlement_policy", "course_entitlement", "course_entitlement_support_detail"];

/**
 * SQL for all rows of a table as the LMS would have them: a text for each column of the original, in their order, and
 * last where NUL was in them. A row that has not changed here since it was imported is exactly as it was.
 */
export function exportedLive({ table, fields }: TrackedTable): string {
  const isUnchanged = "k.entry_id = n.history_id";
  const columns = fields.map((field) => given(field, field.kind === "kept" ? "true" : isUnchanged));
  return `with ${NUMBERED.map(numbers).join(", ")}
    select i.source_id::text, ${columns.join(", ")}, case when ${isUnchanged} then (k.original->'nuls')::text end
    from ${table} o
    join ids_${table} i on i.id = o.id
    left join imported_row k on k.source_table = '${table}' and k.id = o.id and k.checksum is not null
    left join lateral (
      select h.history_id from historical_${table} h where h.id = o.id order by h.history_id desc limit 1
    ) n on true
    ${fields.map(linked).join(" ")}
    order by i.source_id`;
}

/** SQL for the history of a table, alike. The entries that only an import needed are left out. */
export function exportedPast({ table, fields }: TrackedTable): string {
  const columns = fields.map((field) => given(field, "k.id is not null"));
  return `with ${NUMBERED.map(numbers).join(", ")},
    most as (select coalesce(max(source_id), 0) as id from imported_row where source_table = 'historical_${table}')
    select i.source_id::text, ${columns.join(", ")},
      coalesce(k.source_id, most.id + row_number() over (partition by k.source_id is null order by o.history_id))::text,
      coalesce(k.original->>'history_date', ${instant("o.history_date")}),
      case when k.id is null then left(o.history_change_reason, 100)
        when k.original ? 'history_change_reason' then k.original->>'history_change_reason'
        when o.history_change_reason <> '${RECORDED}' then o.history_change_reason end,
      o.history_type, o.history_user_id::text, (k.original->'nuls')::text
    from historical_${table} o
    cross join most
    join ids_${table} i on i.id = o.id
    left join imported_row k on k.source_table = 'historical_${table}' and k.entry_id = o.history_id
    ${fields.map(linked).join(" ")}
    where not (o.history_source = 'IMPORT' and o.history_change_reason in ('${START}', '${RECONCILE}'))
    order by o.history_id`;
}

/** SQL for the redeemed entitlements whose enrollment has no known id in the LMS, with what tells it there. */
export const UNNUMBERED_LINKS = `
  select replace(e.id::text, '-', ''), n.user_id::text, n.course_run_key
  from course_entitlement e join course_enrollment n on n.id = e.enrollment_id
  where not exists (select from imported_row k where k.source_table = 'course_enrollment' and k.id = n.id)
  order by e.created_at, e.id`;

/** The ids of a table in the LMS: of what was made here, they follow the greatest one that was imported. */
function numbers(table: string): string {
  return `ids_${table} as (
    select i.id, coalesce(k.source_id,
      m.most + row_number() over (partition by k.source_id is null order by i.first)) as source_id
    from (select id, min(history_id) as first from historical_${table} group by id) i
    left join (
      select distinct on (id) id, source_id from imported_row where source_table = '${table}' order by id, source_id
    ) k on k.id = i.id
    cross join (select coalesce(max(source_id), 0) as most from imported_row where source_table = '${table}') m)`;
}

/** The row of an LMS that a link refers to. */
function linked({ from, to, target }: Field): string {
  if (target === null) return "";
  return NUMBERED.includes(target)
    ? `left join ids_${target} r_${from} on r_${from}.id = o.${to}`
    : `left join imported_row r_${from} on r_${from}.source_table = '${target}' and r_${from}.id = o.${to}`;
}

function given(field: Field, isOriginal: string): string {
  const rendered = renderedOf(field);
  return `case when ${isOriginal} and k.original ? '${field.from}' then k.original->>'${field.from}' else ${rendered} end`;
}

function renderedOf({ from, to, kind }: Field): string {
  const value = `o.${to}`;
  switch (kind) {
    case "instant":
      return instant(value);
    case "uuid":
      return `replace(${value}::text, '-', '')`;
    case "flag":
      return `${value}::integer::text`;
    case "duration":
      return `(extract(epoch from ${value}) * 1000000)::bigint::text`;
    case "link":
      return `r_${from}.source_id::text`;
    case "kept":
      return "''";
    case "text":
    case "order":
    case "action":
    case "policyMode":
    case "site":
    case "user":
      return `${value}::text`;
  }
}
