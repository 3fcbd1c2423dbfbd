import "../../ui/list.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useQuery } from "urql";
import { useRepeated } from "../../api/live";
import type { Command } from "../../commands/commands";
import { useDialogs } from "../../commands/use-dialog";
import type { EnrollmentCallState } from "../../gql/graphql";
import { useReader } from "../../shell/who";
import { Answer, Notice } from "../../ui/answer";
import { Chips, FilterField, Turn } from "../../ui/filters";
import { waiting } from "../../words/en/waiting";
import { addWords, t } from "../../words/words";
import { CallsPage, Retry } from "./documents";
import { CallTable } from "./table";

addWords(waiting);

/** How often the page is read again while the LMS is being asked, and else. */
const LOOK_MS = { pending: 2_000, else: 20_000 };

const STATES: EnrollmentCallState[] = ["NEEDS_REVIEW", "IN_DOUBT", "REQUESTED", "REFUSED", "DONE"];

/** The calls to the LMS: without a choice, those that need an agent. */
export default function CallsScreen() {
  const { state, learner, after } = useSearch({ from: "/frame/calls" });
  const navigate = useNavigate({ from: "/calls" });
  const { may } = useReader();
  const chosen = [...STATES, "ALL" as const].find((each) => each === state) ?? "NEEDS_REVIEW";
  const [result, again] = useQuery({
    query: CallsPage,
    variables: {
      states: chosen === "ALL" ? null : [chosen],
      username: learner ?? null,
      after: after ?? null,
    },
  });
  const refresh = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  const calls = result.data?.enrollmentCalls?.edges.map(({ node }) => node) ?? [];
  const isPending = calls.some(({ nextAttemptAt }) => nextAttemptAt);
  useRepeated(true, isPending ? LOOK_MS.pending : LOOK_MS.else, refresh);
  const { open, shown } = useDialogs({ refresh });
  const say = (change: { state?: string; learner?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change, after: undefined }), replace: true });
  return (
    <div className="page">
      <div className="title">
        <div>
          <h1>{t("section.calls")}</h1>
          <p className="muted">{t("calls.lead")}</p>
        </div>
      </div>
      {shown}
      <div className="filters">
        <Chips
          label={t("calls.filter")}
          chosen={chosen}
          choose={(value) => say({ state: value === "NEEDS_REVIEW" ? undefined : value })}
          chips={[
            ...STATES.map((value) => ({ value, label: t(`call.${value}`) })),
            { value: "ALL", label: t("list.allStates") },
          ]}
        />
        <FilterField
          label={t("filter.learner")}
          value={learner}
          change={(value) => say({ learner: value })}
        />
      </div>
      <Answer of={result} again={refresh}>
        {({ enrollmentCalls }) =>
          enrollmentCalls &&
          (calls.length > 0 ? (
            <>
              <CallTable
                calls={calls}
                retry={may("Mutation.retryEnrollmentCall") ? ({ id }) => open(retryOf(id)) : undefined}
              />
              <Turn
                page={enrollmentCalls.pageInfo}
                after={after}
                to={(cursor) => void navigate({ search: (before) => ({ ...before, after: cursor }) })}
              />
            </>
          ) : (
            <Notice
              icon="swap"
              title={t("calls.none")}
              hint={t(chosen === "NEEDS_REVIEW" && !learner ? "calls.noneHint" : "refunds.noneFilterHint")}
            />
          ))
        }
      </Answer>
    </div>
  );
}

/** The command to have the LMS asked again. */
const retryOf = (enrollmentId: string): Command => ({
  name: "retryEnrollmentCall",
  icon: "swap",
  label: t("retry.label"),
  title: t("retry.title"),
  lead: t("retry.lead"),
  document: Retry,
  input: { enrollmentId },
  questions: [
    { kind: "check", field: "acceptEnrolled", label: t("retry.accept"), hint: t("retry.acceptHint") },
  ],
  comments: "comments",
  isGuarded: false,
});
