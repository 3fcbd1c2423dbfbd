import { byKey } from "../store/by-key";
import { listOf, select, type Database } from "../store/statement";
import { POLICY_COLUMNS, toPolicy, type PolicyFacts, type PolicyRow } from "./entitlement-facts";

/** All policies, those for a site and a mode first: the order in which they are chosen; retired ones last. */
export async function allPolicies(db: Database): Promise<PolicyFacts[]> {
  const rows = await select<PolicyRow>(
    db,
    `select ${POLICY_COLUMNS} from course_entitlement_policy p left join site s on s.id = p.site_id
     order by p.retired_at nulls first, s.domain nulls last, p.mode nulls last`,
  );
  return rows.map((row) => toPolicy(row)!);
}

/** Policies by id; null for those that do not exist. */
export async function policiesById(db: Database, ids: readonly string[]): Promise<(PolicyFacts | null)[]> {
  const rows = await select<PolicyRow>(
    db,
    `select ${POLICY_COLUMNS} from course_entitlement_policy p left join site s on s.id = p.site_id
     where p.id = any(${listOf("$1", "uuid")})`,
    [ids],
  );
  return byKey(ids, rows, (row) => row.policyId, toPolicy);
}
