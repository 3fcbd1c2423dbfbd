import { isDeepStrictEqual } from "node:util";

/** The name and kind of the GraphQL field that shows a stored column in a history. */
export interface TrackedField {
  column: string;
  field: string;
  /** Whether only support and staff may see the field. */
  isInternal?: true;
  kind: "value" | "instant" | "duration" | "user" | "enrollment" | "policy" | "entitlement" | "run";
}

/** The tracked types by their names in GraphQL: the table, and the fields that the history shows. */
export const TRACKED_TYPES = {
  COURSE_ENTITLEMENT: {
    table: "course_entitlement",
    fields: [
      field("user_id", "user", "user"),
      field("course_uuid", "courseUuid"),
      field("mode", "mode"),
      field("order_number", "orderNumber"),
      field("refund_locked", "isRefundLocked"),
      field("expired_at", "expiredAt", "instant"),
      field("expiry_cause", "expiryCause"),
      field("redeemed_at", "redeemedAt", "instant"),
      field("policy_id", "policy", "policy"),
      field("enrollment_id", "enrollment", "enrollment"),
      field("created_at", "createdAt", "instant"),
      field("modified_at", "modifiedAt", "instant"),
    ],
  },
  SUPPORT_DETAIL: {
    table: "course_entitlement_support_detail",
    fields: [
      field("entitlement_id", "entitlement", "entitlement"),
      field("support_user_id", "supportUser", "user"),
      field("action", "action"),
      field("comments", "comments"),
      field("unenrolled_run_key", "unenrolledRun", "run"),
      field("created_at", "createdAt", "instant"),
      field("modified_at", "modifiedAt", "instant"),
    ],
  },
  COURSE_ENTITLEMENT_POLICY: {
    table: "course_entitlement_policy",
    fields: [
      field("expiration_period", "expirationPeriod", "duration"),
      field("refund_period", "refundPeriod", "duration"),
      field("regain_period", "regainPeriod", "duration"),
      field("mode", "mode"),
      field("site_id", "site"),
      field("retired_at", "retiredAt", "instant"),
    ],
  },
  REFUND: {
    table: "refund",
    fields: [
      field("entitlement_id", "entitlement", "entitlement"),
      field("order_number", "orderNumber"),
      field("state", "state"),
      field("attempt", "attempts"),
      field("next_attempt_at", "nextAttemptAt", "instant"),
      { ...field("answer", "answer"), isInternal: true },
      { ...field("detail", "detail"), isInternal: true },
      field("shop_references", "shopReferences"),
      field("created_at", "createdAt", "instant"),
      field("modified_at", "modifiedAt", "instant"),
    ],
  },
} as const satisfies Record<string, { table: string; fields: readonly TrackedField[] }>;
export type TrackedType = keyof typeof TRACKED_TYPES;

/** A row at one instant, by column; durations are in milliseconds, other values as in JSON. */
export type Image = Record<string, string | number | boolean | readonly string[] | null>;

/** One field of a row before and after a change, as stored. */
export interface Change {
  field: TrackedField;
  from: Image[string];
  to: Image[string];
}

/** The fields that differ between two images of a row; without the earlier image, all fields that have a value. */
export function changesBetween(type: TrackedType, before: Image | null, after: Image): Change[] {
  return TRACKED_TYPES[type].fields
    .map((tracked) => ({
      field: tracked,
      from: before?.[tracked.column] ?? null,
      to: after[tracked.column] ?? null,
    }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

/** SQL for the image of a history row `alias` of this type. */
export function imageOf(type: TrackedType, alias: string): string {
  const fields: readonly TrackedField[] = TRACKED_TYPES[type].fields;
  const pairs = fields.map(({ column, kind }) =>
    kind === "duration"
      ? `'${column}', (extract(epoch from ${alias}.${column}) * 1000)::bigint`
      : `'${column}', ${alias}.${column}`,
  );
  return `jsonb_build_object(${pairs.join(", ")})`;
}

function field(column: string, name: string, kind: TrackedField["kind"] = "value"): TrackedField {
  return { column, field: name, kind };
}
