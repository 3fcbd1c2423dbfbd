import { listOf, select, type Database } from "../store/statement";
import type { SupportAction } from "../entities/course-entitlement-support-detail";
import { RUN_COLUMNS, toRun, type RunFacts, type RunRow } from "./run-facts";
import { toPage, type Page, type PageRequest } from "../store/page";

/** A support detail with its agent and run. */
export interface SupportDetailFacts {
  id: string;
  action: SupportAction;
  comments: string | null;
  supportUser: { id: string; username: string } | null;
  unenrolledRunKey: string | null;
  unenrolledRun: RunFacts | null;
  createdAt: Date;
}

/** A row of `selectSupportDetails`. */
export interface SupportDetailRow extends RunRow {
  id: string;
  action: SupportAction;
  comments: string | null;
  unenrolledRunKey: string | null;
  createdAt: Date;
  supportUserId: string | null;
  username: string;
}

/**
 * Where support details are read from: the live table, or a subselect made with what makes a parameter of a
 * value. It stands beside `k(entitlement_id)`, the entitlement asked for.
 */
export type SupportDetailSource = (parameter: (value: unknown) => string) => string;

/** The columns of a support detail `d`, its agent and run: what precedes `where`. */
export function selectSupportDetails(source: string, columns = ""): string {
  return `
    select ${columns} d.id, d.action, d.comments, d.unenrolled_run_key as "unenrolledRunKey",
      d.created_at as "createdAt", u.id as "supportUserId", u.username, ${RUN_COLUMNS}
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
  const sql = selectSupportDetails(page, 'd.entitlement_id as "entitlementId",');
  const rows = await select<SupportDetailRow & { entitlementId: string }>(
    db,
    `${sql} order by d.created_at desc, d.id desc`,
    values,
  );
  const found = new Map<string, SupportDetailFacts[]>(entitlementIds.map((id) => [id, []]));
  for (const row of rows) found.get(row.entitlementId)!.push(toSupportDetail(row));
  return entitlementIds.map((id) => toPage(found.get(id)!, first));
}

/** Puts the columns of a row where they belong. */
export function toSupportDetail(row: SupportDetailRow): SupportDetailFacts {
  const { id, action, comments, unenrolledRunKey, createdAt, supportUserId, username } = row;
  return {
    id,
    action,
    comments,
    supportUser: supportUserId === null ? null : { id: supportUserId, username },
    unenrolledRunKey,
    unenrolledRun: toRun(row),
    createdAt,
  };
}
