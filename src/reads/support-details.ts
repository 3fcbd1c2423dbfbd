import {
  SUPPORT_DETAIL_FIELDS,
  type CourseEntitlementSupportDetail,
} from "../entities/course-entitlement-support-detail";
import type { CourseRun } from "../entities/course-run";
import { byKey } from "../store/by-key";
import { columnsOf, part, type Row } from "../store/rows/fields";
import { sliceOf, toPage, type Page, type PageRequest } from "../store/rows/page";
import { listOf, select, type Database, type Parameter } from "../store/statement";
import { RUN } from "./enrollments";

interface StoredSupportDetail extends CourseEntitlementSupportDetail {
  /** Of the agent; null once their account is gone. */
  username: string | null;
}

/** A support detail with its agent and run. */
export interface SupportDetailFacts extends StoredSupportDetail {
  unenrolledRun: CourseRun | null;
}

const SUPPORT_DETAIL = part<StoredSupportDetail>({
  ...columnsOf(SUPPORT_DETAIL_FIELDS, "d"),
  username: "u.username",
});

const SORTING = { value: "d.created_at", id: "d.id", direction: "DESC" } as const;

/**
 * Where support details are read from: the live tables, or subselects made with what makes a parameter of a value. That of
 * the details stands beside `k(entitlement_id)`, the entitlement asked for, and that of the runs beside the detail `d`.
 */
export type SupportDetailSource = (parameter: Parameter) => { details: string; runs: string };

const LIVE: SupportDetailSource = () => ({
  details: "course_entitlement_support_detail",
  runs: "course_run",
});

/** The columns of a support detail `d`, its agent and run: what precedes `where`. */
export function selectSupportDetails(source: string, columns = "", runs = "course_run"): string {
  return `
    select ${columns} ${SUPPORT_DETAIL.list}, ${RUN.list}
    from ${source} d
    left join user_account u on u.id = d.support_user_id
    left join ${runs} r on r.key = d.unenrolled_run_key`;
}

/** For each entitlement, a page of its support details, newest first: one statement for all. */
export async function supportDetailsOf(
  db: Database,
  entitlementIds: readonly string[],
  page: PageRequest,
  sourceOf: SupportDetailSource = LIVE,
): Promise<Page<SupportDetailFacts>[]> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const { condition, order } = sliceOf(SORTING, page, parameter);
  const ids = listOf(parameter(entitlementIds), "uuid");
  const { details, runs } = sourceOf(parameter);
  const source = `(
    select d.* from unnest(${ids}) k(entitlement_id)
    cross join lateral (
      select * from ${details} d where d.entitlement_id = k.entitlement_id and ${condition}
      order by ${order} limit ${parameter(page.size + 1)}
    ) d)`;
  const rows = await select(db, `${selectSupportDetails(source, "", runs)} order by ${order}`, values);
  const found = new Map<string, SupportDetailFacts[]>(entitlementIds.map((id) => [id, []]));
  for (const detail of rows.map(toSupportDetail)) found.get(detail.entitlementId)!.push(detail);
  return entitlementIds.map((id) => toPage(found.get(id)!, page));
}

/** For each entitlement, how many support details it has: one statement for all. */
export async function countSupportDetailsOf(
  db: Database,
  entitlementIds: readonly string[],
  sourceOf: SupportDetailSource = LIVE,
): Promise<number[]> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const rows = await select<{ id: string; count: number }>(
    db,
    `select k.entitlement_id as id, (
       select count(*)::int from ${sourceOf(parameter).details} d where d.entitlement_id = k.entitlement_id
     ) as count
     from unnest(${listOf(parameter(entitlementIds), "uuid")}) k(entitlement_id)`,
    values,
  );
  const counts = new Map(rows.map(({ id, count }) => [id, count]));
  return entitlementIds.map((id) => counts.get(id)!);
}

/** Support details by id; null for those that do not exist. */
export async function supportDetailsById(
  db: Database,
  ids: readonly string[],
): Promise<(SupportDetailFacts | null)[]> {
  const sql = `${selectSupportDetails("course_entitlement_support_detail")} where d.id = any(${listOf("$1", "uuid")})`;
  return byKey(ids, (await select(db, sql, [ids])).map(toSupportDetail), ({ id }) => id);
}

/** The support detail of a row of `selectSupportDetails`. */
export function toSupportDetail(row: Row): SupportDetailFacts {
  return Object.assign(SUPPORT_DETAIL.of(row)!, { unenrolledRun: RUN.of(row) });
}
