import { DAY_MS, type Periods } from "../../rules/entitlement-rules";
import { fromFacts, LIVE, type FactsSource } from "../entitlement-facts";
import { select, type Database, type Parameter } from "../../store/statement";
import { expiredIn, type DecisionTime } from "./expired";
import { isRefundableIn } from "./refundable";

/** What can be done with the entitlements of a policy, whose expiry is not stored. */
export interface PolicyReach {
  /** How many there are. */
  count: number;
  /** How many have not expired. */
  usable: number;
  /** How many of those are redeemed for a run that the learner can still leave. */
  changeable: number;
  /** How many orders can still be refunded. */
  refundable: number;
}

/** What the periods of a policy allow with its entitlements at an instant: the stored periods, or others. */
export async function policyReach(
  db: Database,
  policyId: string,
  time: DecisionTime,
  others: Periods | null = null,
): Promise<PolicyReach> {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const source: FactsSource = others ? { ...LIVE, policies: policyWith(others, parameter) } : LIVE;
  const { isExpired, isRedeemed } = expiredIn(time, parameter);
  const [reach] = await select<PolicyReach>(
    db,
    `select count(*)::int as count, count(*) filter (where not ${isExpired})::int as usable,
       count(*) filter (where not ${isExpired} and ${isRedeemed})::int as changeable,
       count(*) filter (where ${isRefundableIn(time, parameter)})::int as refundable
     ${fromFacts(source)} where e.policy_id = ${parameter(policyId)} and e.expired_at is null`,
    values,
  );
  return reach!;
}

/** The policies as they would be with some periods. */
function policyWith({ expirationMs, refundMs, regainMs }: Periods, parameter: Parameter): string {
  const period = (ms: number) => `${parameter(`${ms / DAY_MS} days`)}::interval`;
  return `(select id, site_id, ${period(expirationMs)} as expiration_period, ${period(refundMs)} as refund_period,
    ${period(regainMs)} as regain_period from course_entitlement_policy)`;
}
