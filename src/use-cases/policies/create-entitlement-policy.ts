import type { EntityManager } from "typeorm";
import { staff } from "../../auth/who";
import type { PolicyFacts } from "../../reads/policies";
import { Site } from "../../entities/site";
import type { Periods } from "../../rules/entitlement-rules";
import { Refusal } from "../../refusal";
import { refuseSecondPolicy, requireWholeDays, savePolicy } from "./policy";
import { command } from "../command";

export interface CreateEntitlementPolicy {
  /** Null stands for any mode. */
  mode: string | null;
  /** Null stands for any site. */
  siteDomain: string | null;
  /** The default periods replace those that are not given. */
  periods: Partial<Periods>;
}

/** Makes a policy for the new entitlements of a site and mode. */
export const createEntitlementPolicy = command(
  "createEntitlementPolicy",
  staff,
  async (tx, request, { mode, siteDomain, periods }: CreateEntitlementPolicy): Promise<PolicyFacts> => {
    requireWholeDays(periods);
    const siteId = siteDomain === null ? null : await siteOf(tx, siteDomain);
    await refuseSecondPolicy(tx, { siteId, mode });
    return savePolicy(tx, {
      ...request.app.config.defaultPeriods,
      ...periods,
      siteId,
      mode,
      retiredAt: null,
    });
  },
);

async function siteOf(tx: EntityManager, domain: string): Promise<string> {
  const site = await tx.findOneBy(Site, { domain });
  if (!site) throw new Refusal("SITE_NOT_FOUND", "This site does not exist.", { field: "siteDomain" });
  return site.id;
}
