import { DAY_MS } from "../rules/entitlement-rules";
import {
  BIG_COURSES,
  BIG_POLICIES,
  bigCourseUuid,
  bigMode,
  bigRunCount,
  bigRunKey,
  type TableRows,
} from "./big-catalog";

/** The first id of a learner of the big world, far from the ids of the demo world. */
export const FIRST_LEARNER = 1_000_001;

/** The next number of a series between 0 and 1. */
export type Random = () => number;

/** A series of random numbers that is the same for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The rows of a number of learners, with three to seven entitlements each, in every state. */
export function bigLearners(first: number, count: number, now: Date, next: Random): TableRows {
  const tables = {
    user_account: [],
    course_enrollment: [],
    certificate: [],
    course_entitlement: [],
    course_entitlement_support_detail: [],
  } satisfies TableRows;
  for (let id = first; id < first + count; id++) addLearner(tables, id, now.getTime(), next);
  return tables;
}

function addLearner(tables: TableRows, userId: number, now: number, next: Random): void {
  tables.user_account!.push({
    id: userId,
    username: `learner${userId}`,
    email: `learner${userId}@big.demo.example`,
  });
  const start = below(next, BIG_COURSES);
  const stride = 1 + below(next, BIG_COURSES - 1);
  const count = 3 + below(next, 5);
  for (let place = 0; place < count; place++)
    addEntitlement(tables, { userId, place, course: (start + place * stride) % BIG_COURSES }, now, next);
}

interface Slot {
  userId: number;
  place: number;
  course: number;
}

function addEntitlement(tables: TableRows, { userId, place, course }: Slot, now: number, next: Random): void {
  const created = now - next() * 800 * DAY_MS;
  const redeemed = next() < 0.5 ? created + next() * Math.min(now - created, 700 * DAY_MS) : null;
  const enrollmentId =
    redeemed === null ? null : addEnrollment(tables, { userId, course, place }, redeemed, next);
  const [expired, cause] = expiry(created, redeemed, now, next);
  const id = uuid(next);
  tables.course_entitlement!.push({
    id,
    user_id: userId,
    course_uuid: bigCourseUuid(course),
    mode: bigMode(course),
    order_number: next() < 0.9 ? `BIG-${userId}-${place}` : null,
    refund_locked: next() < 0.05,
    expired_at: instant(expired),
    expiry_cause: cause,
    redeemed_at: instant(redeemed),
    policy_id: BIG_POLICIES[below(next, BIG_POLICIES.length)]!,
    enrollment_id: enrollmentId,
    created_at: instant(created),
    modified_at: instant(expired ?? redeemed ?? created),
  });
  if (next() < 0.1) addSupportDetail(tables, id, created, next);
}

/** The stored expiry and its cause. Most due expiries are stored, as the background work would do. */
function expiry(
  created: number,
  redeemed: number | null,
  now: number,
  next: Random,
): [number | null, string | null] {
  const due = redeemed === null ? created + 731 * DAY_MS : redeemed + 15 * DAY_MS;
  if (due < now) return next() < 0.9 ? [due, "LAPSED"] : [null, null];
  if (redeemed !== null || next() < 0.94) return [null, null];
  return [created + next() * (now - created), ["REFUNDED", "REVOKED", "SUPPORT"][below(next, 3)]!];
}

function addEnrollment(tables: TableRows, { userId, course }: Slot, redeemed: number, next: Random): string {
  const id = uuid(next);
  const key = bigRunKey(course, below(next, bigRunCount(course)));
  tables.course_enrollment!.push({
    id,
    user_id: userId,
    course_run_key: key,
    mode: bigMode(course),
    is_active: true,
    created_at: instant(redeemed),
  });
  if (next() < 0.2)
    tables.certificate!.push({
      user_id: userId,
      course_run_key: key,
      status: next() < 0.7 ? "downloadable" : "notpassing",
    });
  return id;
}

function addSupportDetail(tables: TableRows, entitlementId: string, created: number, next: Random): void {
  tables.course_entitlement_support_detail!.push({
    id: uuid(next),
    entitlement_id: entitlementId,
    support_user_id: FIRST_LEARNER,
    action: "CREATE",
    comments: "The order came in by telephone.",
    unenrolled_run_key: null,
    created_at: instant(created),
    modified_at: instant(created),
  });
}

const below = (next: Random, limit: number) => Math.floor(next() * limit);

function instant(ms: number): string;
function instant(ms: number | null): string | null;
function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function uuid(next: Random): string {
  const hex = () => below(next, 0x1_0000_0000).toString(16).padStart(8, "0");
  const [a, b, c, d] = [hex(), hex(), hex(), hex()] as const;
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
