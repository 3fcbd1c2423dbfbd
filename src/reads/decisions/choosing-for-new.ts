import { newEntitlement } from "../../rules/order-rules";
import type { Choosing } from "../../rules/session-rules";
import type { Database } from "../../store/statement";
import { policyForNew } from "../policies";
import type { DecisionTerms } from "./choosing";

/** The entitlement that an order would create in a mode, as the rules see it: with the policy that it would get. */
export async function choosingForNew(
  db: Database,
  { siteDomain, defaultPeriods, freeModes }: DecisionTerms & { siteDomain: string | undefined },
  mode: string,
  now: Date,
): Promise<Choosing> {
  const policy = await policyForNew(db, siteDomain, mode);
  return newEntitlement(mode, policy ?? defaultPeriods, freeModes, now);
}
