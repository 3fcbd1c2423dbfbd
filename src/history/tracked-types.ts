import { isDeepStrictEqual } from "node:util";
import { CERTIFICATE_FIELDS } from "../entities/certificate";
import { COURSE_ENROLLMENT_FIELDS } from "../entities/course-enrollment";
import { COURSE_ENTITLEMENT_FIELDS } from "../entities/course-entitlement";
import { COURSE_ENTITLEMENT_POLICY_FIELDS } from "../entities/course-entitlement-policy";
import { SUPPORT_DETAIL_FIELDS } from "../entities/course-entitlement-support-detail";
import { COURSE_RUN_FIELDS } from "../entities/course-run";
import { REFUND_FIELDS } from "../entities/refund";
import { HISTORY_ERASURE_FIELDS } from "../entities/accounts/history-erasure";
import { SUPPORT_AGENT_FIELDS } from "../entities/accounts/support-agent";
import { WEBHOOK_FIELDS } from "../entities/webhooks/webhook";
import { columnsOf, type TrackedField } from "../store/rows/fields";

/** The tracked types by their names in GraphQL: the table and its fields. */
export const TRACKED_TYPES = {
  COURSE_ENTITLEMENT: { table: "course_entitlement", fields: COURSE_ENTITLEMENT_FIELDS },
  SUPPORT_DETAIL: { table: "course_entitlement_support_detail", fields: SUPPORT_DETAIL_FIELDS },
  COURSE_ENTITLEMENT_POLICY: { table: "course_entitlement_policy", fields: COURSE_ENTITLEMENT_POLICY_FIELDS },
  REFUND: { table: "refund", fields: REFUND_FIELDS },
  COURSE_ENROLLMENT: { table: "course_enrollment", fields: COURSE_ENROLLMENT_FIELDS },
  CERTIFICATE: { table: "certificate", fields: CERTIFICATE_FIELDS },
  COURSE_RUN: { table: "course_run", fields: COURSE_RUN_FIELDS },
  SUPPORT_AGENT: { table: "support_agent", fields: SUPPORT_AGENT_FIELDS },
  WEBHOOK: { table: "webhook", fields: WEBHOOK_FIELDS },
  ERASURE: { table: "history_erasure", fields: HISTORY_ERASURE_FIELDS },
} as const satisfies Record<string, { table: string; fields: Readonly<Record<string, TrackedField>> }>;
export type TrackedType = keyof typeof TRACKED_TYPES;

/** The told fields of a row at one instant, by name; durations are in milliseconds, other values as in JSON. */
export type Image = Record<string, string | number | boolean | readonly string[] | null>;

/** One field of a row before and after a change, as stored. */
export interface Change {
  name: string;
  field: TrackedField;
  from: Image[string];
  to: Image[string];
}

/** The fields that differ between two images of a row; without the earlier image, all fields that have a value. */
export function changesBetween(type: TrackedType, before: Image | null, after: Image): Change[] {
  return toldFields(type)
    .map(([name, field]) => ({ name, field, from: before?.[name] ?? null, to: after[name] ?? null }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

/** SQL for the image of a history row `alias` of this type. */
export function imageOf(type: TrackedType, alias: string): string {
  const columns = columnsOf(Object.fromEntries(toldFields(type)), alias);
  const pairs = Object.entries(columns).map(([name, column]) => `'${name}', ${column}`);
  return `jsonb_build_object(${pairs.join(", ")})`;
}

function toldFields(type: TrackedType): [string, TrackedField][] {
  const fields: Readonly<Record<string, TrackedField>> = TRACKED_TYPES[type].fields;
  return Object.entries(fields).filter(([, { told }]) => told !== "nobody");
}
