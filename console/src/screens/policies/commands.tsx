import type { Command, Question } from "../../commands/commands";
import { policyName } from "../../entitlement/policy";
import type { PoliciesPageQuery, PolicyRowFragment } from "../../gql/graphql";
import { t } from "../../words/words";
import { CreatePolicy, DeletePolicy, UpdatePolicy } from "./documents";
import { Effect } from "./effect";

type Site = NonNullable<PoliciesPageQuery["sites"]>[number];

const PERIODS = ["expirationPeriod", "refundPeriod", "regainPeriod"] as const;

const periods: () => Question[] = () =>
  (["expiration", "refund", "regain"] as const).map((period) => ({
    kind: "days",
    field: `${period}Period`,
    label: t(`policy.${period}`),
    hint: t(`policy.${period}Hint`),
  }));

const periodsIn = (policy: PolicyRowFragment) =>
  Object.fromEntries(PERIODS.map((period) => [period, policy[period]]));

/** The command to make a policy, which begins with the default periods. */
export const create = (sites: readonly Site[], defaults: PolicyRowFragment): Command => ({
  name: "createEntitlementPolicy",
  icon: "rules",
  label: t("policy.create"),
  title: t("policy.newTitle"),
  lead: t("policy.newLead"),
  document: CreatePolicy,
  input: {},
  questions: [
    {
      kind: "choice",
      field: "siteDomain",
      label: t("policy.site"),
      options: [
        { value: "any site", label: t("policy.siteAny"), sends: null },
        ...sites.map(({ domain }) => ({ value: domain, label: domain })),
      ],
    },
    {
      kind: "choice",
      field: "mode",
      label: t("policy.mode"),
      options: [
        { value: "any mode", label: t("policy.modeAny"), sends: null },
        { value: "verified", label: t("policy.modeVerified") },
        { value: "professional", label: t("policy.modeProfessional") },
      ],
    },
    ...periods(),
  ],
  initial: periodsIn(defaults),
  comments: null,
  isGuarded: false,
});

const change = {
  name: "updateEntitlementPolicy",
  document: UpdatePolicy,
  comments: null,
  isGuarded: true,
} as const;

/** The commands about a policy. */
export function commandsFor(policy: PolicyRowFragment): Command[] {
  const name = policyName(policy);
  const input = { policyId: policy.id };
  const words = (word: "edit" | "retire" | "unretire" | "delete") => ({
    label: t(word === "edit" ? "policy.save" : `policy.${word}`),
    title: t(`policy.${word}Title`, { name }),
    lead: t(`policy.${word}Lead`),
  });
  return [
    {
      ...change,
      ...words("edit"),
      icon: "rules",
      input,
      questions: periods(),
      initial: periodsIn(policy),
      explain: ({ effect }) => effect && <Effect of={effect} />,
    },
    {
      ...change,
      ...words(policy.retiredAt ? "unretire" : "retire"),
      icon: policy.retiredAt ? "back" : "stop",
      input: { ...input, isRetired: !policy.retiredAt },
    },
    {
      ...words("delete"),
      name: "deleteEntitlementPolicy",
      icon: "cross",
      document: DeletePolicy,
      input,
      isDangerous: true,
      comments: null,
      isGuarded: true,
    },
  ];
}
