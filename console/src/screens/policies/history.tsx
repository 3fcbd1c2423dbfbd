import { useQuery } from "urql";
import { Answer } from "../../ui/answer";
import { t } from "../../words/words";
import { Event } from "../entitlement/event";
import { happeningsOf } from "../entitlement/happenings";
import { PolicyHistory } from "./documents";

/** What has happened to a policy, the newest event first. */
export function History({ id }: { id: string }) {
  const [result, again] = useQuery({ query: PolicyHistory, variables: { id } });
  return (
    <Answer of={result} again={again}>
      {({ node }) => {
        const entries =
          node?.__typename === "CourseEntitlementPolicy"
            ? (node.history?.edges ?? []).map((e) => e.node)
            : [];
        if (entries.length === 0) return <p className="muted">{t("policies.none")}</p>;
        return (
          <div className="timeline">
            <h2 className="hidden">{t("policies.history")}</h2>
            <ol>
              {happeningsOf(entries).map((happening) => (
                <Event
                  key={happening.id}
                  happening={happening}
                  isChosen={false}
                  isLater={false}
                  revert={undefined}
                />
              ))}
            </ol>
          </div>
        );
      }}
    </Answer>
  );
}
