import "../../ui/list.css";
import "../entitlement/entitlement.css";
import "./policies.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { Button } from "react-aria-components";
import { useQuery } from "urql";
import { useDialogs } from "../../commands/use-dialog";
import { useReader } from "../../shell/who";
import { Answer } from "../../ui/answer";
import { policies } from "../../words/en/policies";
import { addWords, t } from "../../words/words";
import { commandsFor, create } from "./commands";
import { PoliciesPage } from "./documents";
import { PolicyTable } from "./table";

addWords(policies);

/** A policy is changed by a command on policies, and counted by what has it. */
const CHANGED_BY = { additionalTypenames: ["CourseEntitlementPolicy", "CourseEntitlement"] };

/** The policies, how many entitlements have each, and what becomes of those when a policy changes. */
export default function PoliciesScreen() {
  const { policy: opened } = useSearch({ from: "/frame/policies" });
  const navigate = useNavigate({ from: "/policies" });
  const { may } = useReader();
  const [result, again] = useQuery({ query: PoliciesPage, context: CHANGED_BY });
  const refresh = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  const [about, setAbout] = useState<string | null>(null);
  const policies = result.data?.entitlementPolicies ?? [];
  const seen = policies.find(({ id }) => id === about)?.history?.edges[0]?.node.id;
  const { open, shown } = useDialogs({ refresh, seen });
  const defaults = result.data?.node?.__typename === "CourseEntitlementPolicy" ? result.data.node : null;
  return (
    <div className="page">
      <div className="title">
        <div>
          <h1>{t("section.policies")}</h1>
          <p className="muted">{t("policies.lead")}</p>
        </div>
        {defaults && may("Mutation.createEntitlementPolicy") && (
          <Button className="button primary" onPress={() => open(create(result.data?.sites ?? [], defaults))}>
            {t("policy.new")}…
          </Button>
        )}
      </div>
      {shown}
      <Answer of={result} again={refresh}>
        {({ byDefault }) => (
          <PolicyTable
            rows={[
              ...policies.map((policy) => ({
                policy,
                count: policy.entitlementCount ?? 0,
                commands: commandsFor(policy).filter(({ name }) => may(`Mutation.${name}`)),
              })),
              ...(defaults ? [{ policy: defaults, count: byDefault?.totalCount ?? 0, commands: [] }] : []),
            ]}
            opened={opened}
            toggle={(id) =>
              void navigate({ search: { policy: id === opened ? undefined : id }, replace: true })
            }
            open={({ id }, command) => {
              setAbout(id);
              open(command);
            }}
          />
        )}
      </Answer>
    </div>
  );
}
