import type { Parameter } from "../../store/statement";
import { decisionParameters, partsOf, wholeDays, type DecisionTime } from "./expired";

/** Whether `refundBlocker` of the rules is null, in SQL, for a statement of `fromFacts`. */
export function isRefundableIn({ now, defaultPeriods }: DecisionTime, parameter: Parameter): string {
  const [at, expiration, regain, certificates] = decisionParameters(defaultPeriods, now).map(parameter);
  const parts = partsOf(at!, expiration!, regain!, certificates!);
  const { isRedeemed, isExpirationOver, hasCertificate, isRegainOver } = parts;
  const refund = `${parameter(`${defaultPeriods.refundMs} milliseconds`)}::interval`;
  // The refund `f` is one that has not failed.
  return `(f.state is null and e.expiry_cause is distinct from 'REFUNDED' and e.pending_enrollment_id is null
    and not e.refund_locked and e.expired_at is null and e.order_number is not null
    and ${at}::timestamptz - e.created_at < ${wholeDays(`coalesce(p.refund_period, ${refund})`)} + interval '1 day'
    and not (${isRedeemed} and (${isExpirationOver} or ${hasCertificate} or ${isRegainOver})))`;
}
