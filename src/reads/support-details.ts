import {
  SUPPORT_DETAIL_FIELDS,
  type CourseEntitlementSupportDetail,
} from "../entities/course-entitlement-support-detail";
import type { CourseRun } from "../entities/course-run";
import { byKey } from "../store/by-key";
import { columnsOf, part, type Row } from "../store/rows/fields";
import { toPage, type Page, type PageRequest } from "../store/rows/page";
import { listOf, select, type Database } from "../store/statement";
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

/**
 * Where support details are read from: the live table, or a subselect made with what makes a parameter of a
 * value. It stands beside `k(entitlement_id)`, the entitlement asked for.
 */
export type SupportDetailSource = (parameter: (value: unknown) => string) => string;

/** The columns of a support detail `d`, its agent and run: what precedes `where`. */
export function selectSupportDetails(source: string, columns = ""): string {
  return `
    select ${columns} ${SUPPORT_DETAIL.list}, ${RUN.list}
    from ${source} d
    left join user_account u on u.id = d.support_user_id
    left join course_run r on r.key = d.unenrolled_run_key`;
}

/** For each entitlement, a page of its support details, newest first: one statement for all. */
export async function supportDetailsOf(
  db: Database,
  entitlementIds: readonly string[],
  { first, after }: PageRequest,
  sourceOf: SupportDetailSource = () => "course_entitlement_support_detail",
): Promise<Page<SupportDetailFacts>[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const keyset = after
    ? `and (d.created_at, d.id) < (${parameter(after.value)}, ${parameter(after.id)})`
    : "";
  const page = `(
    select d.* from unnest(${listOf(parameter(entitlementIds), "uuid")}) k(entitlement_id)
    cross join lateral (
      select * from ${sourceOf(parameter)} d where d.entitlement_id = k.entitlement_id ${keyset}
      order by d.created_at desc, d.id desc limit ${parameter(first + 1)}
    ) d)`;
  const rows = await select(
    db,
    `${selectSupportDetails(page)} order by d.created_at desc, d.id desc`,
    values,
  );
  const found = new Map<string, SupportDetailFacts[]>(entitlementIds.map((id) => [id, []]));
  for (const detail of rows.map(toSupportDetail)) found.get(detail.entitlementId)!.push(detail);
  return entitlementIds.map((id) => toPage(found.get(id)!, first));
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
