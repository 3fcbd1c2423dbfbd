import { CourseEntitlement } from "../../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../../entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../../entities/course-entitlement-support-detail";
import { field, type Field } from "./field";
import { table, type SourceTable } from "./source-table";

/** A table that has a history here: entitlements and what belongs to them. */
export interface TrackedTable {
  /** Our table. */
  table: string;
  /** Its entity. */
  entity: new () => { id: string };
  /** The table of the original. */
  live: SourceTable;
  /** The history of the original; null where it has none. */
  past: SourceTable | null;
  /** Every column of the original but its id and those of its history. */
  fields: readonly Field[];
  /** Where our id comes from: a column of the original, or, for null, from its id. */
  uuid: string | null;
  /** Our column that says when a row was made; null where there is none. */
  createdAt: string | null;
  /** Our columns that no two rows share the values of, beside the id. */
  unique: readonly string[];
  /** SQL for whether a row `s` has others that would be deleted with it, or forbid it; empty where none can have. */
  dependents: string;
  /** SQL for what another of our columns is when a row `c` of the original is converted, and what is noted of it. */
  derived: Readonly<Record<string, { sql: string; note: string }>>;
}

/** What each history of the original has beside the columns of its table. */
export const HISTORY_COLUMNS = [
  "history_id",
  "history_date",
  "history_change_reason",
  "history_type",
  "history_user_id",
] as const;

const required = { isRequired: true };
const stamps = [
  field("created", "created_at", "instant", required),
  field("modified", "modified_at", "instant", required),
];

/**
 * Of policies that are equal in site and mode, only the newest is given to new entitlements, and so is none that has a
 * mode that policies cannot have here: the others are retired, so that their entitlements keep their periods.
 */
const RETIRED_AT = `case when c.c_mode is distinct from c.mode
  or exists (select from import_staging.entitlements_courseentitlementpolicy o
    where o.id > c.id and (o.site_id, o.mode) is not distinct from (c.site_id, c.mode))
  or exists (select from course_entitlement_policy p
    where p.retired_at is null and (p.site_id, p.mode) is not distinct from (c.c_site_id, c.c_mode)
      and not exists (select from imported_row k where k.source_table = 'course_entitlement_policy' and k.id = p.id))
  then (select as_of from import_staging.import) end`;

const POLICIES = tracked("course_entitlement_policy", CourseEntitlementPolicy, {
  live: "entitlements_courseentitlementpolicy",
  past: null,
  uuid: null,
  unique: [],
  dependents: "exists (select from course_entitlement e where e.policy_id = s.id)",
  derived: { retired_at: { sql: RETIRED_AT, note: "retired: new entitlements get another policy" } },
  fields: [
    field("expiration_period", "expiration_period", "duration", required),
    field("refund_period", "refund_period", "duration", required),
    field("regain_period", "regain_period", "duration", required),
    field("mode", "mode", "policyMode"),
    field("site_id", "site_id", "site"),
  ],
});

const ENTITLEMENTS = tracked("course_entitlement", CourseEntitlement, {
  live: "entitlements_courseentitlement",
  past: "entitlements_historicalcourseentitlement",
  uuid: "uuid",
  unique: ["course_uuid", "order_number"],
  dependents: `exists (select from refund r where r.entitlement_id = s.id)
    or exists (select from course_entitlement_support_detail d where d.entitlement_id = s.id)`,
  derived: {},
  fields: [
    ...stamps,
    field("uuid", "id", "uuid", required),
    field("course_uuid", "course_uuid", "uuid", required),
    field("expired_at", "expired_at", "instant"),
    field("mode", "mode", "text", { ...required, atMost: 100 }),
    field("order_number", "order_number", "order", { atMost: 128 }),
    field("enrollment_course_run_id", "enrollment_id", "link", { target: "course_enrollment" }),
    field("user_id", "user_id", "user", required),
    field("_policy_id", "policy_id", "link", { target: "course_entitlement_policy" }),
    field("refund_locked", "refund_locked", "flag", required),
  ],
});

const SUPPORT_DETAILS = tracked("course_entitlement_support_detail", CourseEntitlementSupportDetail, {
  live: "entitlements_courseentitlementsupportdetail",
  past: "entitlements_historicalcourseentitlementsupportdetail",
  uuid: null,
  unique: [],
  dependents: "",
  derived: {},
  fields: [
    ...stamps,
    field("reason", null, "kept"),
    field("comments", "comments", "text"),
    field("entitlement_id", "entitlement_id", "link", { ...required, target: "course_entitlement" }),
    field("support_user_id", "support_user_id", "user"),
    field("unenrolled_run_id", "unenrolled_run_key", "text", { atMost: 255 }),
    field("action", "action", "action", { ...required, atMost: 15 }),
  ],
});

/** The tables that have a history here, in the order in which they are imported. */
export const TRACKED_TABLES: readonly TrackedTable[] = [POLICIES, ENTITLEMENTS, SUPPORT_DETAILS];

interface Names extends Pick<TrackedTable, "uuid" | "unique" | "dependents" | "derived" | "fields"> {
  live: string;
  past: string | null;
}

function tracked(ours: string, entity: TrackedTable["entity"], names: Names): TrackedTable {
  const { live, past, fields } = names;
  const columns = ["id", ...fields.map(({ from }) => from)].join(" ");
  return {
    ...names,
    table: ours,
    entity,
    live: table(live, columns, ["id"]),
    past: past === null ? null : table(past, `${columns} ${HISTORY_COLUMNS.join(" ")}`, ["id", "history_id"]),
    createdAt: fields.find(({ from }) => from === "created")?.to ?? null,
  };
}
