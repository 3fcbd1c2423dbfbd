import { stagedName } from "../../staging/names";
import type { SourceTable } from "../../tables/source-table";

/** A range of the staged rows of a table, by the order in which they were read; both ends included. */
export interface LineRange {
  first: string;
  /** The last place of the range. */
  last: string;
}

/** A statement of a step, or one that stores rows of a tracked table and asks something of them. */
export type StepStatement = string | { entity: new () => object; statement: string; asked: string };

/** The instant of the source, for SQL. */
export const AS_OF = "(select as_of from import_staging.import)";

/**
 * Statements that convert a range of staged rows `s` to the temporary table `told`, store it, and note what was refused.
 * `values` are its columns, `faults` what forbids to store a row, and `store` a statement that stores those of `told`
 * whose `fault` is empty and returns `is_new` for each.
 */
export function toldStatements(
  table: SourceTable,
  { first, last }: LineRange,
  told: {
    id: string;
    values: string;
    joins?: string;
    faults: readonly string[];
    where?: string;
    store: string;
    /** The entity whose table it is stored in, where that has a history. */
    entity?: new () => object;
  },
): StepStatement[] {
  const { id, values, joins = "", faults, where = "true", store, entity } = told;
  const tally = `insert into import_staging.tally
    select '${table.name}', case when is_new then 'new' else 'told again' end, count(*)`;
  return [
    `create temporary table told on commit drop as
     select ${id} as source_id, ${values}, concat_ws('; ', ${faults.join(", ")}) as fault
     from ${stagedName(table)} s ${joins} where s.line between ${first} and ${last} and ${where}`,
    "analyze told",
    entity
      ? { entity, statement: store, asked: `, tally as (${tally} from l group by 2) select id from l` }
      : `with stored as (${store}) ${tally} from stored group by 2`,
    `insert into import_staging.note select '${table.name}', source_id, 'refused', fault from told where fault <> ''`,
  ];
}

/** The end of an insert: of a row that is there, the columns are changed where one differs and a condition holds. */
export function orChange(key: string, columns: readonly string[], condition = "true"): string {
  const list = (row: string) => columns.map((column) => `${row}.${column}`).join(", ");
  return `on conflict (${key}) do update set (${columns.join(", ")}) = row(${list("excluded")})
    where ${condition} and row(${list("known")}) is distinct from row(${list("excluded")})
    returning known.*, known.xmax = 0 as is_new`;
}

/** Whether nothing was told of a row later than at the instant of the source. */
export const IS_NEWS = "(known.seen_at is null or known.seen_at <= excluded.seen_at)";

/** Removes the temporary table before the transaction ends, as a dry run needs it. */
export const DROP_TOLD = "drop table told";

/** SQL for the fault of a text that is missing, empty or too long; null where it is none. */
export function textFault(column: string, atMost: number): string {
  return `case when coalesce(s."${column}", '') = '' then '${column} is missing'
    when length(s."${column}") > ${atMost} then '${column} is longer than ${atMost}' end`;
}

/** SQL for the fault of a truth value; null where it is none. */
export function flagFault(column: string): string {
  return `case when import_staging.flag_of(s."${column}") is null then '${column} is no truth value' end`;
}
