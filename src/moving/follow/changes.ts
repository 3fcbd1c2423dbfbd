import type { Wanted } from "../import/load";
import type { Session } from "../import/session";
import type { Part } from "../sources/source";
import { STAGING, stagedName } from "../staging/names";
import { LMS_TABLES, type SourceTable } from "../tables/source-table";
import { TRACKED_TABLES } from "../tables/tracked-tables";
import type { Touched } from "./positions";

const IDS_AT_ONCE = 1_000;
const [POLICIES, ENTITLEMENTS, DETAILS] = TRACKED_TABLES as [
  (typeof TRACKED_TABLES)[number],
  (typeof TRACKED_TABLES)[number],
  (typeof TRACKED_TABLES)[number],
];

/** The tables that are read when something has changed, each after those that tell which of its rows are needed. */
export const TOUCHED_TABLES: readonly SourceTable[] = [
  DETAILS.live,
  DETAILS.past!,
  ENTITLEMENTS.live,
  ENTITLEMENTS.past!,
  POLICIES.live,
  LMS_TABLES.SITES,
  LMS_TABLES.ENROLLMENTS,
  LMS_TABLES.CERTIFICATES,
  LMS_TABLES.USERS,
];

/** The column by which the rows of a table are looked up, and SQL for its values, given what is staged already. */
const NEEDED = new Map<SourceTable, readonly (readonly [column: string, sql: string])[]>([
  [
    LMS_TABLES.ENROLLMENTS,
    [
      ["user_id", valuesOf(ENTITLEMENTS.live, "user_id")],
      ["id", valuesOf(ENTITLEMENTS.live, "enrollment_course_run_id")],
    ],
  ],
  [LMS_TABLES.CERTIFICATES, [["user_id", valuesOf(ENTITLEMENTS.live, "user_id")]]],
  [
    LMS_TABLES.USERS,
    [
      [
        "id",
        [
          valuesOf(ENTITLEMENTS.live, "user_id"),
          valuesOf(DETAILS.live, "support_user_id"),
          valuesOf(ENTITLEMENTS.past!, "history_user_id"),
          valuesOf(DETAILS.past!, "history_user_id"),
        ].join(" union "),
      ],
    ],
  ],
]);

/** What to read so that the touched rows can be stored with all that they refer to. */
export function wantedBy(session: Session, touched: readonly Touched[]): Wanted {
  const idsOf = (table: SourceTable) =>
    touched.find(({ live, past }) => live === table || past === table)?.ids ?? [];
  const ask = (sql: string) =>
    session.run(async (tx) => (await tx.query<{ id: string }[]>(sql)).map(({ id }) => id));
  return async (table) => {
    if (table === POLICIES.live || table === LMS_TABLES.SITES) return null;
    const needed = NEEDED.get(table);
    if (needed) {
      const parts: Part[] = [];
      for (const [column, sql] of needed) parts.push(...partsOf(column, await ask(sql)));
      return parts;
    }
    // A support detail may belong to an entitlement that is newer than what was looked for first.
    const owners =
      table === ENTITLEMENTS.live || table === ENTITLEMENTS.past
        ? await ask(valuesOf(DETAILS.live, "entitlement_id"))
        : [];
    return partsOf("id", [...new Set([...idsOf(table), ...owners])]);
  };
}

function valuesOf(table: SourceTable, column: string): string {
  return `select distinct id from (select ${STAGING}.number_of("${column}") as id from ${stagedName(table)}) v where id is not null`;
}

function partsOf(column: string, among: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < among.length; at += IDS_AT_ONCE)
    parts.push({ column, among: among.slice(at, at + IDS_AT_ONCE) });
  return parts;
}
