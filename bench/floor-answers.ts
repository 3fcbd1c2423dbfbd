import {
  daysSinceCreated,
  daysUntilExpiration,
  DEFAULT_PERIODS,
  redeemBlocker,
  refundRequestBlocker,
  regainBlocker,
  type ExpiryCause,
  type Periods,
  type Standing,
} from "../src/rules/entitlement-rules";
import { expirationDate, expiresAt } from "../src/rules/deadlines";
import { entitlementState, isExpired } from "../src/rules/entitlement-state";
import type { User } from "./floor-token";

/** How an operation is answered: one statement, and its rows as the operation's JSON. */
interface Answer {
  name: string;
  text: string;
  values: (variables: Record<string, unknown>, user: User) => unknown[];
  toData: (rows: Row[], now: Date, variables: Record<string, unknown>, user: User) => object;
}

/** What both statements select. */
interface Row {
  username: string;
  total: number;
  id: string;
  course_uuid: string;
  mode: string;
  order_number: string | null;
  refund_locked: boolean;
  created_at: Date;
  modified_at: Date;
  expired_at: Date | null;
  expiry_cause: ExpiryCause | null;
  redeemed_at: Date | null;
  renewed_at: Date | null;
  policy_id: string | null;
  policy_mode: string | null;
  expiration_ms: number;
  refund_ms: number;
  regain_ms: number;
  run_key: string | null;
  enrollment_mode: string;
  is_active: boolean;
  enrolled_at: Date | null;
  title: string;
  org: string;
  number: string;
  is_self_paced: boolean;
  starts_at: Date | null;
  ends_at: Date | null;
  certificate_status: string | null;
}

const COLUMNS = `
  e.id, e.course_uuid, e.mode, e.order_number, e.refund_locked, e.created_at, e.modified_at, e.expired_at,
  e.expiry_cause, e.redeemed_at, e.renewed_at, e.policy_id, p.mode as policy_mode,
  (extract(epoch from p.expiration_period) * 1000)::float8 as expiration_ms,
  (extract(epoch from p.refund_period) * 1000)::float8 as refund_ms,
  (extract(epoch from p.regain_period) * 1000)::float8 as regain_ms,
  n.course_run_key as run_key, n.mode as enrollment_mode, n.is_active, n.created_at as enrolled_at,
  r.starts_at, c.status as certificate_status`;
const SOURCES = `
  from course_entitlement e
  left join course_entitlement_policy p on p.id = e.policy_id
  left join course_enrollment n on n.id = e.enrollment_id
  left join course_run r on r.key = n.course_run_key
  left join certificate c on c.user_id = n.user_id and c.course_run_key = n.course_run_key`;

/** The hand-written answers, by operation name. */
export const ANSWERS: Record<string, Answer> = {
  Dashboard: {
    name: "dashboard",
    text: `select ${COLUMNS}, r.title, r.org, r.number, r.is_self_paced, r.ends_at ${SOURCES}
      where e.user_id = $1 and (e.expired_at is null or e.enrollment_id is not null)
      order by e.created_at desc, e.id desc`,
    values: (_, { id }) => [id],
    toData: (rows, now, { first }, { username }) => {
      const active = rows.filter((row) => row.run_key !== null || !isExpired(...standingOf(row), now));
      return {
        viewer: { username, entitlements: toPage(active, first as number, (row) => toCard(row, now)) },
      };
    },
  },
  Support: {
    name: "support",
    text: `select ${COLUMNS}, u.username,
        (select count(*)::int from course_entitlement where course_uuid = $1) as total
      ${SOURCES} join user_account u on u.id = e.user_id
      where e.course_uuid = $1 order by e.created_at desc, e.id desc limit $2`,
    values: ({ course, first }) => [course, (first as number) + 1],
    toData: (rows, now, { first }) => ({
      entitlements: {
        totalCount: rows[0]?.total ?? 0,
        ...toPage(rows, first as number, (row) => toTableRow(row, now)),
      },
    }),
  },
};

function toPage(rows: Row[], first: number, toNode: (row: Row) => object) {
  return {
    edges: rows.slice(0, first).map((row) => ({ node: toNode(row) })),
    pageInfo: { hasNextPage: rows.length > first },
  };
}

function toCard(row: Row, now: Date) {
  const [standing, periods] = standingOf(row);
  const redeem = redeemBlocker(standing, periods, now);
  const regain = regainBlocker(standing, periods, now);
  const refund = refundRequestBlocker(standing, periods, now, false); // the bench has no shop
  return {
    ...toCommon(row, standing, periods, now),
    daysSinceCreated: daysSinceCreated(standing, now),
    daysUntilExpiration: daysUntilExpiration(standing, periods, now),
    expiresAt: expiresAt(standing, periods),
    expirationDate: expirationDate(standing, periods, now, 90),
    isRedeemable: redeem === null,
    redeemBlocker: redeem,
    isRegainable: regain === null,
    regainBlocker: regain,
    isRefundable: refund === null,
    refundBlocker: refund,
    policy: {
      id: row.policy_id ?? "default",
      isDefault: row.policy_id === null,
      mode: row.policy_mode,
      expirationPeriod: toDuration(periods.expirationMs),
      refundPeriod: toDuration(periods.refundMs),
      regainPeriod: toDuration(periods.regainMs),
    },
    enrollment: row.run_key && {
      mode: row.enrollment_mode,
      isActive: row.is_active,
      enrolledAt: row.enrolled_at,
      courseRun: {
        key: row.run_key,
        title: row.title,
        org: row.org,
        number: row.number,
        isSelfPaced: row.is_self_paced,
        startsAt: row.starts_at,
        endsAt: row.ends_at,
      },
    },
  };
}

function toTableRow(row: Row, now: Date) {
  const [standing, periods] = standingOf(row);
  return {
    ...toCommon(row, standing, periods, now),
    user: { username: row.username },
    enrollment: row.run_key && {
      mode: row.enrollment_mode,
      isActive: row.is_active,
      courseRun: { key: row.run_key },
    },
  };
}

function toCommon(row: Row, standing: Standing, periods: Periods, now: Date) {
  return {
    id: row.id,
    courseUuid: row.course_uuid,
    mode: row.mode,
    orderNumber: row.order_number,
    isRefundLocked: row.refund_locked,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    expiredAt: row.expired_at,
    isExpired: isExpired(standing, periods, now),
    state: entitlementState(standing, periods, now),
  };
}

function standingOf(row: Row): [Standing, Periods] {
  const redemption = row.run_key
    ? {
        enrolledAt: row.enrolled_at,
        redeemedAt: row.redeemed_at,
        startsAt: row.starts_at,
        certificateStatus: row.certificate_status,
      }
    : null;
  const standing = {
    createdAt: row.created_at,
    renewedAt: row.renewed_at,
    expiredAt: row.expired_at,
    expiryCause: row.expiry_cause,
    orderNumber: row.order_number,
    refundLocked: row.refund_locked,
    redemption,
  };
  const { expiration_ms: expirationMs, refund_ms: refundMs, regain_ms: regainMs } = row;
  return [standing, row.policy_id ? { expirationMs, refundMs, regainMs } : DEFAULT_PERIODS];
}

/** The periods of the big world are whole days. */
const toDuration = (ms: number) => `P${ms / 86_400_000}D`;
