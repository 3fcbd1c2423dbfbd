import { listOf, select, type Database } from "../../store/statement";

/** Where an object that a UUID names may be, by what is found there. */
const TABLES = {
  COURSE_ENTITLEMENT: "course_entitlement",
  SUPPORT_DETAIL: "course_entitlement_support_detail",
  COURSE_ENTITLEMENT_POLICY: "course_entitlement_policy",
  REFUND: "refund",
  SUPPORT_AGENT: "support_agent",
  WEBHOOK: "webhook",
  DEAD_LETTER: "webhook_delivery",
  ENROLLMENT_CALL: "enrollment_call",
} as const;
/** What a UUID names. */
export type NodeKind = keyof typeof TABLES | "COURSE";

/** What each UUID names; those that name nothing are left out. One statement, whatever they name. */
export function kindsOf(db: Database, ids: readonly string[]): Promise<{ id: string; kind: NodeKind }[]> {
  const sources = Object.entries(TABLES).map(
    ([kind, table]) => `select id, '${kind}' as kind from ${table} where id = any(${listOf("$1", "uuid")})`,
  );
  const courses = `select distinct course_uuid as id, 'COURSE' as kind from course_run
    where course_uuid = any(${listOf("$1", "uuid")})`;
  return select(db, [...sources, courses].join(" union all "), [ids]);
}
