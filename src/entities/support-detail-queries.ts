import { select, type Database } from "../store/statement";
import type { SupportAction } from "./course-entitlement-support-detail";
import { RUN_COLUMNS, toRun, type RunFacts, type RunRow } from "./entitlement-facts";
import { toPage, type Page, type PageRequest } from "./entitlement-queries";

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

interface SupportDetailRow extends RunRow {
  entitlementId: string;
  id: string;
  action: SupportAction;
  comments: string | null;
  unenrolledRunKey: string | null;
  createdAt: Date;
  supportUserId: string | null;
  username: string;
}

/** For each entitlement, a page of its support details, newest first: one statement for all. */
export async function supportDetailsOf(
  db: Database,
  entitlementIds: readonly string[],
  { first, after }: PageRequest,
): Promise<Page<SupportDetailFacts>[]> {
  const keyset = after ? "and (d.created_at, d.id) < ($3, $4)" : "";
  const rows = await select<SupportDetailRow>(
    db,
    `select d.entitlement_id as "entitlementId", d.id, d.action, d.comments,
       d.unenrolled_run_key as "unenrolledRunKey", d.created_at as "createdAt",
       u.id as "supportUserId", u.username, ${RUN_COLUMNS}
     from unnest($1::uuid[]) k(entitlement_id)
     cross join lateral (
       select * from course_entitlement_support_detail d where d.entitlement_id = k.entitlement_id ${keyset}
       order by d.created_at desc, d.id desc limit $2
     ) d
     left join user_account u on u.id = d.support_user_id
     left join course_run r on r.key = d.unenrolled_run_key
     order by d.created_at desc, d.id desc`,
    [entitlementIds, first + 1, ...(after ? [after.value, after.id] : [])],
  );
  const found = new Map<string, SupportDetailFacts[]>(entitlementIds.map((id) => [id, []]));
  for (const row of rows) found.get(row.entitlementId)!.push(toSupportDetail(row));
  return entitlementIds.map((id) => toPage(found.get(id)!, first));
}

function toSupportDetail(row: SupportDetailRow): SupportDetailFacts {
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
