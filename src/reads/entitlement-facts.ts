import type { ExpiryCause } from "../rules/entitlement-rules";
import type { RefundState } from "../rules/refund-rules";
import { RUN_COLUMNS, toRun, type RunFacts, type RunRow } from "./run-facts";

/** A policy row. */
export interface PolicyFacts {
  id: string;
  mode: string | null;
  siteDomain: string | null;
  expirationMs: number;
  refundMs: number;
  regainMs: number;
  /** Since when new entitlements no longer get it; null while they do. */
  retiredAt: Date | null;
}

/** An enrollment, its run where the catalog knows it, and the certificate earned there. */
export interface EnrollmentFacts {
  id: string;
  courseRunKey: string;
  mode: string;
  isActive: boolean;
  enrolledAt: Date | null;
  run: RunFacts | null;
  certificateStatus: string | null;
}

/** All that is stored about one entitlement and that a card, a table row or a rule needs: one plain object. */
export interface EntitlementFacts {
  id: string;
  userId: string;
  /** Null in the past of an account that is gone. */
  username: string | null;
  courseUuid: string;
  mode: string;
  orderNumber: string | null;
  refundLocked: boolean;
  createdAt: Date;
  modifiedAt: Date;
  expiredAt: Date | null;
  expiryCause: ExpiryCause | null;
  redeemedAt: Date | null;
  /** Of the refund that has not failed; null when there is none. */
  refundState: RefundState | null;
  /** Null means the default periods. */
  policy: PolicyFacts | null;
  enrollment: EnrollmentFacts | null;
}

/** The columns of a policy, for a `select` that has it as `p` and its site as `s`. */
export const POLICY_COLUMNS = `
  p.id as "policyId", p.mode as "policyMode", s.domain as "siteDomain",
  (extract(epoch from p.expiration_period) * 1000)::float8 as "expirationMs",
  (extract(epoch from p.refund_period) * 1000)::float8 as "refundMs",
  (extract(epoch from p.regain_period) * 1000)::float8 as "regainMs", p.retired_at as "retiredAt"`;

const ENTITLEMENT_COLUMNS = `
  e.id, e.user_id as "userId", u.username, e.course_uuid as "courseUuid", e.mode, e.order_number as "orderNumber",
  e.refund_locked as "refundLocked", e.created_at as "createdAt", e.modified_at as "modifiedAt",
  e.expired_at as "expiredAt", e.expiry_cause as "expiryCause", e.redeemed_at as "redeemedAt",
  f.state as "refundState"`;

/** The columns of an enrollment `n` and the certificate `c` earned there. */
export const ENROLLMENT_COLUMNS = `
  n.id as "enrollmentId", n.course_run_key as "courseRunKey", n.mode as "enrollmentMode",
  n.is_active as "isActive", n.created_at as "enrolledAt", c.status as "certificateStatus"`;

/** Where facts are read from: the live tables, or their rows of an earlier instant. */
export interface FactsSource {
  /** A table or subselect of entitlements, known as `e`. */
  entitlements: string;
  /** A table or lateral subselect of policies, known as `p`. */
  policies: string;
  /** A table or lateral subselect of refunds, known as `f`. */
  refunds: string;
  /** Further columns to select, each followed by a comma. */
  columns?: string;
}

/** The live tables. */
export const LIVE: FactsSource = {
  entitlements: "course_entitlement",
  policies: "course_entitlement_policy",
  refunds: "refund",
};

/** Selects the facts of entitlements, one row each, whatever they refer to: what precedes `where`. */
export function selectFacts({ entitlements, policies, refunds, columns = "" }: FactsSource = LIVE): string {
  return `
    select ${columns} ${ENTITLEMENT_COLUMNS}, ${POLICY_COLUMNS}, ${ENROLLMENT_COLUMNS}, ${RUN_COLUMNS}
    from ${entitlements} e
    left join user_account u on u.id = e.user_id
    left join ${policies} p on p.id = e.policy_id
    left join site s on s.id = p.site_id
    left join ${refunds} f on f.entitlement_id = e.id and f.state <> 'FAILED'
    left join course_enrollment n on n.id = e.enrollment_id
    left join course_run r on r.key = n.course_run_key
    left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key`;
}

/** The columns of a policy as they come from PostgreSQL; all null where there is none. */
export interface PolicyRow {
  policyId: string | null;
  policyMode: string | null;
  siteDomain: string | null;
  expirationMs: number;
  refundMs: number;
  regainMs: number;
  retiredAt: Date | null;
}

/** A row of `selectFacts`. */
export interface FactsRow extends Omit<EntitlementFacts, "policy" | "enrollment">, PolicyRow, EnrollmentRow {}

/** The columns of an enrollment and its run as they come from PostgreSQL; all null where there is none. */
export interface EnrollmentRow extends RunRow {
  enrollmentId: string | null;
  courseRunKey: string;
  enrollmentMode: string;
  isActive: boolean;
  enrolledAt: Date | null;
  certificateStatus: string | null;
}

/** Puts the columns of a row where they belong. */
export function toFacts(row: FactsRow): EntitlementFacts {
  return {
    id: row.id,
    userId: row.userId,
    username: row.username,
    courseUuid: row.courseUuid,
    mode: row.mode,
    orderNumber: row.orderNumber,
    refundLocked: row.refundLocked,
    createdAt: row.createdAt,
    modifiedAt: row.modifiedAt,
    expiredAt: row.expiredAt,
    expiryCause: row.expiryCause,
    redeemedAt: row.redeemedAt,
    refundState: row.refundState,
    policy: toPolicy(row),
    enrollment: toEnrollment(row),
  };
}

export function toPolicy(row: PolicyRow): PolicyFacts | null {
  if (row.policyId === null) return null;
  const { policyId: id, policyMode: mode, siteDomain, expirationMs, refundMs, regainMs, retiredAt } = row;
  return { id, mode, siteDomain, expirationMs, refundMs, regainMs, retiredAt };
}

export function toEnrollment(row: EnrollmentRow): EnrollmentFacts | null {
  if (row.enrollmentId === null) return null;
  return {
    id: row.enrollmentId,
    courseRunKey: row.courseRunKey,
    mode: row.enrollmentMode,
    isActive: row.isActive,
    enrolledAt: row.enrolledAt,
    run: toRun(row),
    certificateStatus: row.certificateStatus,
  };
}
