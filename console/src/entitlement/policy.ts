import { entitlement } from "../words/en/entitlement";
import { addWords, t } from "../words/words";

addWords(entitlement);

/** The number of days in a period like `P730D`. */
export const days = (period: string): number => Number(/^P(\d+)D/.exec(period)?.[1] ?? 0);

/** The name of a policy: the site and the mode whose entitlements get it. */
export const policyName = (policy: {
  isDefault?: boolean;
  siteDomain?: string | null;
  mode?: string | null;
}): string =>
  policy.isDefault
    ? t("policy.default")
    : t("policy.name", {
        site: policy.siteDomain ?? t("policy.anySite"),
        mode: policy.mode ?? t("policy.anyMode"),
      });

/** The periods of a policy in words. */
export const periodsOf = (policy: {
  expirationPeriod: string;
  refundPeriod: string;
  regainPeriod: string;
}): string =>
  t("policy.periods", {
    expiration: days(policy.expirationPeriod),
    refund: days(policy.refundPeriod),
    regain: days(policy.regainPeriod),
  });
