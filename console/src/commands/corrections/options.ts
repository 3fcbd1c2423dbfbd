import type { Client } from "urql";
import { periodsOf, policyName } from "../../entitlement/policy";
import { t } from "../../words/words";
import type { Option } from "../commands";
import { Modes, PolicyOptions } from "./documents";

/** The course modes in which entitlements are sold. */
export async function soldModes(client: Client): Promise<Option[]> {
  const { data } = await client.query(Modes, {});
  return (data?.courseModes ?? [])
    .filter(({ isSold }) => isSold)
    .map(({ slug }) => ({ value: slug, label: slug }));
}

/** The policies that an entitlement with a policy can be given instead; that of the installation is at the end. */
export const policies =
  (current: string) =>
  async (client: Client): Promise<Option[]> => {
    const { data } = await client.query(PolicyOptions, {});
    const stored = (data?.entitlementPolicies ?? []).map((policy) => ({
      value: policy.id,
      label: policyName(policy),
      hint: [periodsOf(policy), policy.retiredAt ? t("policy.retired") : ""].filter(Boolean).join(" · "),
    }));
    const byDefault = { value: "default", label: t("policy.default"), sends: null };
    return [...stored, byDefault].map((option) => ({
      ...option,
      why: option.value === current ? t("assign.current") : null,
    }));
  };
