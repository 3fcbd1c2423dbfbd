import type { ExpiryCause } from "../policy/entitlement-policy";

/** A run as the catalogue describes it, with the course it belongs to. */
export interface RunFacts {
  key: string;
  courseUuid: string | null;
  title: string;
  org: string;
  number: string;
  levelType: string | null;
  imageUrl: string | null;
  marketingUrl: string | null;
  isSelfPaced: boolean;
  startsAt: Date | null;
  endsAt: Date | null;
  enrollmentStartsAt: Date | null;
  enrollmentEndsAt: Date | null;
}

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

/** An enrollment, its run where the catalogue knows it, and the certificate earned there. */
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
  username: string;
  courseUuid: string;
  mode: string;
  orderNumber: string | null;
  refundLocked: boolean;
  createdAt: Date;
  modifiedAt: Date;
  expiredAt: Date | null;
  expiryCause: ExpiryCause | null;
  redeemedAt: Date | null;
  /** Null means the default periods. */
  policy: PolicyFacts | null;
  enrollment: EnrollmentFacts | null;
}

/** The columns of a run, for a `select` that has it as `r`. */
export const RUN_COLUMNS = `
  r.key as "runKey", r.course_uuid as "runCourseUuid", r.title, r.org, r.number, r.level_type as "levelType",
  r.image_url as "imageUrl", r.marketing_url as "marketingUrl", r.is_self_paced as "isSelfPaced",
  r.starts_at as "startsAt", r.ends_at as "endsAt",
  r.enrollment_starts_at as "enrollmentStartsAt", r.enrollment_ends_at as "enrollmentEndsAt"`;

/** The columns of a policy, for a `select` that has it as `p` and its site as `s`. */
export const POLICY_COLUMNS = `
  p.id as "policyId", p.mode as "policyMode", s.domain as "siteDomain",
  (extract(epoch from p.expiration_period) * 1000)::float8 as "expirationMs",
  (extract(epoch from p.refund_period) * 1000)::float8 as "refundMs",
  (extract(epoch from p.regain_period) * 1000)::float8 as "regainMs", p.retired_at as "retiredAt"`;

const ENTITLEMENT_COLUMNS = `
  e.id, e.user_id as "userId", u.username, e.course_uuid as "courseUuid", e.mode, e.order_number as "orderNumber",
  e.refund_locked as "refundLocked", e.created_at as "createdAt", e.modified_at as "modifiedAt",
  e.expired_at as "expiredAt", e.expiry_cause as "expiryCause", e.redeemed_at as "redeemedAt"`;

const ENROLLMENT_COLUMNS = `
  n.id as "enrollmentId", n.course_run_key as "courseRunKey", n.mode as "enrollmentMode",
  n.is_active as "isActive", n.created_at as "enrolledAt", c.status as "certificateStatus"`;

/**
 * Selects the facts of entitlements, one row each, whatever they refer to: what precedes `where`. The sources of
 * entitlements and policies can be replaced by their rows of an earlier instant.
 */
export function selectFacts(
  entitlements = "course_entitlement",
  policies = "course_entitlement_policy",
): string {
  return `
    select ${ENTITLEMENT_COLUMNS}, ${POLICY_COLUMNS}, ${ENROLLMENT_COLUMNS}, ${RUN_COLUMNS}
    from ${entitlements} e
    left join user_account u on u.id = e.user_id
    left join ${policies} p on p.id = e.policy_id
    left join site s on s.id = p.site_id
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

/** The columns of a run as they come from PostgreSQL; all null where there is none. */
export interface RunRow extends Omit<RunFacts, "key" | "courseUuid"> {
  runKey: string | null;
  runCourseUuid: string | null;
}

/** A row of `selectFacts`. */
export interface FactsRow extends Omit<EntitlementFacts, "policy" | "enrollment">, PolicyRow, RunRow {
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
    policy: toPolicy(row),
    enrollment: row.enrollmentId === null ? null : toEnrollment(row, row.enrollmentId),
  };
}

export function toPolicy(row: PolicyRow): PolicyFacts | null {
  if (row.policyId === null) return null;
  const { policyId: id, policyMode: mode, siteDomain, expirationMs, refundMs, regainMs, retiredAt } = row;
  return { id, mode, siteDomain, expirationMs, refundMs, regainMs, retiredAt };
}

export function toRun(row: RunRow): RunFacts | null {
  if (row.runKey === null) return null;
  return {
    key: row.runKey,
    courseUuid: row.runCourseUuid,
    title: row.title,
    org: row.org,
    number: row.number,
    levelType: row.levelType,
    imageUrl: row.imageUrl,
    marketingUrl: row.marketingUrl,
    isSelfPaced: row.isSelfPaced,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    enrollmentStartsAt: row.enrollmentStartsAt,
    enrollmentEndsAt: row.enrollmentEndsAt,
  };
}

function toEnrollment(row: FactsRow, id: string): EnrollmentFacts {
  return {
    id,
    courseRunKey: row.courseRunKey,
    mode: row.enrollmentMode,
    isActive: row.isActive,
    enrolledAt: row.enrolledAt,
    run: toRun(row),
    certificateStatus: row.certificateStatus,
  };
}
