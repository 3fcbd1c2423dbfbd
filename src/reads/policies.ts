import {
  COURSE_ENTITLEMENT_POLICY_FIELDS,
  type CourseEntitlementPolicy,
} from "../entities/course-entitlement-policy";
import { choosePolicy } from "../rules/policy-choice";
import { byKey } from "../store/by-key";
import { columnsOf, part } from "../store/rows/fields";
import { listOf, select, type Database } from "../store/statement";

/** A policy with the host of its site. */
export interface PolicyFacts extends CourseEntitlementPolicy {
  siteDomain: string | null;
}

/** A policy, for a `select` that has it as `p` and its site as `s`. */
export const POLICY = part<PolicyFacts>(
  { ...columnsOf(COURSE_ENTITLEMENT_POLICY_FIELDS, "p"), siteDomain: "s.domain" },
  "policy.",
);

/** All policies, those for a site and a mode first: the order in which they are chosen; retired ones last. */
export async function allPolicies(db: Database): Promise<PolicyFacts[]> {
  const rows = await select(
    db,
    `select ${POLICY.list} from course_entitlement_policy p left join site s on s.id = p.site_id
     order by p.retired_at nulls first, s.domain nulls last, p.mode nulls last`,
  );
  return rows.map((row) => POLICY.of(row)!);
}

/** The policy that applies to a new entitlement in a mode at a site; null for the default periods. */
export async function policyForNew(
  db: Database,
  siteDomain: string | undefined,
  mode: string,
): Promise<PolicyFacts | null> {
  const policies = (await allPolicies(db)).filter(({ retiredAt }) => retiredAt === null);
  // No site stands in a policy for every site, so a site that is not known has none of its own.
  const site = policies.find((policy) => policy.siteId !== null && policy.siteDomain === siteDomain);
  return choosePolicy(policies, site?.siteId ?? null, mode);
}

/** Policies by id; null for those that do not exist. */
export async function policiesById(db: Database, ids: readonly string[]): Promise<(PolicyFacts | null)[]> {
  const rows = await select(
    db,
    `select ${POLICY.list} from course_entitlement_policy p left join site s on s.id = p.site_id
     where p.id = any(${listOf("$1", "uuid")})`,
    [ids],
  );
  return byKey(
    ids,
    rows.map((row) => POLICY.of(row)!),
    ({ id }) => id,
  );
}

/** For each policy how many entitlements have it. */
export async function entitlementCounts(db: Database, ids: readonly string[]): Promise<number[]> {
  const rows = await select<{ id: string; count: number }>(
    db,
    `select policy_id as id, count(*)::int as count from course_entitlement
     where policy_id = any(${listOf("$1", "uuid")}) group by policy_id`,
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.count ?? 0);
}
