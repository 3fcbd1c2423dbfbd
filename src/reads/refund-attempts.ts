import { countsAt } from "../history/visible";
import type { RefundAnswer, RefundState } from "../rules/refund-rules";
import { listOf, select, type Database } from "../store/statement";

/** One time that the shop was asked for a refund. */
export interface RefundAttempt {
  refundId: string;
  /** From 1. */
  number: number;
  startedAt: Date;
  /** When its outcome was recorded; null while there is none, and when it was lost. */
  endedAt: Date | null;
  /** What the shop said; null where the attempt ended otherwise, or has not. */
  answer: RefundAnswer | null;
  /** In which it left the refund. */
  state: RefundState;
}

/** The answers that lead to a state. What else stands beside it is the answer to an earlier attempt. */
const ANSWERS: Record<RefundState, readonly RefundAnswer[]> = {
  REQUESTED: ["NOT_YET", "NOT_SENT"],
  IN_DOUBT: ["UNKNOWN", "NOT_SENT", "NOT_YET"],
  SUCCEEDED: ["ACCEPTED"],
  FAILED: ["REFUSED", "NOT_SENT"],
  NEEDS_REVIEW: ["REFUSED"],
};

/**
 * For each refund its attempts, the first one first, made of its history, all of it or up to an instant: one statement for all. An attempt begins with
 * the first entry that has its number, and ends with the second. What was refunded elsewhere has none.
 */
export async function attemptsOf(
  db: Database,
  refundIds: readonly string[],
  asOf: Date | null = null,
): Promise<RefundAttempt[][]> {
  const rows = await select<RefundAttempt>(
    db,
    `select id as "refundId", attempt as number, min(history_date) as "startedAt",
       (array_agg(history_date order by history_id))[2] as "endedAt",
       (array_agg(answer order by history_id))[2] as answer,
       coalesce((array_agg(state order by history_id))[2], min(state)) as state
     from historical_refund h
     where id = any(${listOf("$1", "uuid")}) ${asOf ? `and ${countsAt("h", "$2")}` : ""} and attempt > 0 and history_type <> '-'
     group by id, attempt having (array_agg(next_attempt_at order by history_id))[1] is not null
     order by attempt`,
    [refundIds, ...(asOf ? [asOf] : [])],
  );
  const attempts = rows.map((row) => ({ ...row, answer: ledTo(row) ? row.answer : null }));
  return refundIds.map((id) => attempts.filter(({ refundId }) => refundId === id));
}

function ledTo({ state, answer }: RefundAttempt): boolean {
  return answer !== null && ANSWERS[state].includes(answer);
}
