import { idNamed } from "./accounts/users";
import { PENDING_REFUND_STATES } from "../rules/entitlement-rules";
import { UNSETTLED_REFUND_STATES, type RefundState } from "../rules/refund-rules";
import { byKey } from "../store/by-key";
import { listOf, select, type Database, type Parameter } from "../store/statement";
import { waitingGauges, type WaitingGauge } from "./waiting";
import { allOf } from "../store/rows/conditions";
import { sliceOf, toPage, type Page, type PageRequest } from "../store/rows/page";
import { REFUND_FIELDS, type Refund } from "../entities/refund";
import { columnsOf, part } from "../store/rows/fields";

/** What operators look for. All that is given must hold; null counts as not given. */
export interface RefundCriteria {
  states?: readonly RefundState[] | null;
  entitlementId?: string | null;
  username?: string | null;
  orderNumber?: string | null;
  /** Requested at or after. */
  createdFrom?: Date | null;
  /** Requested before. */
  createdBefore?: Date | null;
}

const REFUND = part<Refund>(columnsOf(REFUND_FIELDS, "f"));

/** A refund by its id, or null. */
export async function refundById(db: Database, id: string): Promise<Refund | null> {
  const [row] = await select<Refund>(db, `${selectRefunds()} where f.id = $1`, [id]);
  return row ?? null;
}

/** Refunds by id; null for those that do not exist. */
export async function refundsById(db: Database, ids: readonly string[]): Promise<(Refund | null)[]> {
  const sql = `${selectRefunds()} where f.id = any(${listOf("$1", "uuid")})`;
  return byKey(ids, await select<Refund>(db, sql, [ids]), ({ id }) => id);
}

/** The refund of an entitlement that has not failed, or null; also null when it was requested of another than this learner. */
export async function liveRefundOf(
  db: Database,
  entitlementId: string,
  learnerId: string | null = null,
): Promise<Refund | null> {
  const [row] = await select<Refund>(
    db,
    `${selectRefunds()} where f.entitlement_id = $1 and f.state <> 'FAILED' and ${isRefundOf("f", "$2")}`,
    [entitlementId, learnerId],
  );
  return row ?? null;
}

/**
 * SQL that holds when the learner in a parameter had the entitlement of a refund when the refund was requested, or when
 * there is null in it. What belonged to another learner then is not told to the learner who has the entitlement now.
 */
export function isRefundOf(refund: string, learner: string): string {
  const owners = `select e.user_id from historical_course_entitlement e where e.id = ${refund}.entitlement_id`;
  const first = `(select min(b.history_id) from historical_refund b where b.id = ${refund}.id)`;
  // Of what was imported together, either may have been recorded first.
  return `(${learner}::bigint is null or ${learner}::bigint = coalesce(
    (${owners} and e.history_id < ${first} order by e.history_id desc limit 1),
    (${owners} order by e.history_id limit 1)))`;
}

/** The columns of a refund `f`: what precedes `where`. */
export function selectRefunds(source = "refund", columns = ""): string {
  return `select ${columns} ${REFUND.list} from ${source} f`;
}

/**
 * For each entitlement its refunds, newest first, now or as a source has them: one statement for all. Where a learner is
 * given, only those that were requested while it was that learner's.
 */
export async function refundsOf(
  db: Database,
  entitlementIds: readonly string[],
  learnerId: string | null,
  sourceOf: (parameter: (value: unknown) => string) => string = () => "refund",
): Promise<Refund[][]> {
  const values: unknown[] = [entitlementIds, learnerId];
  const source = sourceOf((value) => `$${values.push(value)}`);
  const rows = await select<Refund>(
    db,
    `${selectRefunds(source)} where f.entitlement_id = any(${listOf("$1", "uuid")}) and ${isRefundOf("f", "$2")}
     order by f.created_at desc, f.id desc`,
    values,
  );
  return entitlementIds.map((id) => rows.filter(({ entitlementId }) => entitlementId === id));
}

/** Refunds that match, newest first. */
export async function findRefunds(
  db: Database,
  criteria: RefundCriteria,
  page: PageRequest,
): Promise<Page<Refund>> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const sorting = { value: "f.created_at", id: "f.id", direction: "DESC" } as const;
  const { condition, order } = sliceOf(sorting, page, parameter);
  const rows = await select<Refund>(
    db,
    `${selectRefunds()} where ${conditionsOf(criteria, parameter)} and ${condition}
     order by ${order} limit ${parameter(page.size + 1)}`,
    values,
  );
  return toPage(rows, page);
}

/** How many refunds match. */
export async function countRefunds(db: Database, criteria: RefundCriteria): Promise<number> {
  const values: unknown[] = [];
  const conditions = conditionsOf(criteria, (value) => `$${values.push(value)}`);
  const [row] = await select<{ count: number }>(
    db,
    `select count(*)::int as count from refund f where ${conditions}`,
    values,
  );
  return row!.count;
}

function conditionsOf(criteria: RefundCriteria, parameter: Parameter): string {
  const { states, entitlementId, username, orderNumber, createdFrom, createdBefore } = criteria;
  return allOf(
    [
      [states, (p) => `f.state = any(${p})`],
      [entitlementId, (p) => `f.entitlement_id = ${p}`],
      [
        username,
        // The entitlement may have been transferred since.
        (p) => `f.entitlement_id = any(array(
          select id from historical_course_entitlement where user_id = ${idNamed(p)})) and ${isRefundOf("f", idNamed(p))}`,
      ],
      [orderNumber, (p) => `f.order_number = ${p}`],
      [createdFrom, (p) => `f.created_at >= ${p}`],
      [createdBefore, (p) => `f.created_at < ${p}`],
    ],
    parameter,
  );
}

/** What a shop may need to know of the entitlement of an attempt. */
export interface AttemptedOrder {
  courseUuid: string;
  mode: string;
  userId: string;
  username: string;
  createdAt: Date;
}

/** The entitlement of an attempt that may still be made; null when the refund is settled or another attempt owns it. */
export async function orderOfAttempt(
  db: Database,
  { id, attempt }: Pick<Refund, "id" | "attempt">,
): Promise<AttemptedOrder | null> {
  const [row] = await select<AttemptedOrder>(
    db,
    `select e.course_uuid as "courseUuid", e.mode, u.id as "userId", u.username, e.created_at as "createdAt"
     from refund f
     join course_entitlement e on e.id = f.entitlement_id
     join user_account u on u.id = e.user_id
     where f.id = $1 and f.attempt = $2 and f.state = any($3)`,
    [id, attempt, UNSETTLED_REFUND_STATES],
  );
  return row ?? null;
}

/** How many refunds are unsettled, by state, for metrics. */
export function refundGauges(db: Database): Promise<WaitingGauge[]> {
  return waitingGauges(db, "refund where state = any($1)", [PENDING_REFUND_STATES]);
}
