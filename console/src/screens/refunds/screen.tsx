import "../../ui/list.css";
import "./refunds.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { Button } from "react-aria-components";
import { useQuery } from "urql";
import { useLive } from "../../api/use-live";
import { decide } from "../../commands/decide";
import { useDialogs } from "../../commands/use-dialog";
import type { RefundPageFragment, RefundState } from "../../gql/graphql";
import { useReader } from "../../shell/who";
import { Answer, Notice } from "../../ui/answer";
import { Chips, FilterField, Turn } from "../../ui/filters";
import { entitlement } from "../../words/en/entitlement";
import { waiting } from "../../words/en/waiting";
import { addWords, t } from "../../words/words";
import { RefundsPage } from "./documents";
import { RefundTable } from "./table";

addWords({ ...entitlement, ...waiting });

/** How often the page is read again while the shop is being asked, and else, where the server does not tell of changes. */
const LOOK_MS = { pending: 2_000, else: 20_000 };

const STATES: RefundState[] = ["NEEDS_REVIEW", "IN_DOUBT", "REQUESTED", "SUCCEEDED", "FAILED"];
const SETTLED: RefundState[] = ["SUCCEEDED", "FAILED"];

/** The refunds of all learners: first those that wait for an agent, then those that wait for the shop. */
export default function RefundsScreen() {
  const { state, learner, order, after } = useSearch({ from: "/frame/refunds" });
  const navigate = useNavigate({ from: "/refunds" });
  const { may } = useReader();
  const chosen = STATES.find((each) => each === state);
  const withOpen = !chosen && !after;
  const [result, again] = useQuery({
    query: RefundsPage,
    variables: {
      states: chosen ? [chosen] : SETTLED,
      username: learner ?? null,
      orderNumber: order ?? null,
      after: after ?? null,
      withOpen,
    },
  });
  const refresh = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  const groups = result.data ? [result.data.review, result.data.underWay, result.data.list] : [];
  const isPending = groups.some((group) => group?.edges.some(({ node }) => node.nextAttemptAt));
  const everyMs = isPending ? LOOK_MS.pending : LOOK_MS.else;
  useLive({ choice: "", entityType: "REFUND", isPending: true, everyMs, look: refresh });
  const { open, shown } = useDialogs({ refresh });
  const say = (change: { state?: string; learner?: string; order?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change, after: undefined }), replace: true });
  const isFiltered = Boolean(chosen ?? learner ?? order);
  const group = (title: string, page: RefundPageFragment | null | undefined, all?: RefundState) =>
    page &&
    page.edges.length > 0 && (
      <section className="group" aria-label={title} key={title}>
        <div className="group-head">
          <h2>{title}</h2>
          <small>{t("refunds.count", { count: page.totalCount })}</small>
          {all && page.pageInfo.hasNextPage && (
            <Button className="link" onPress={() => say({ state: all })}>
              {t("refunds.all")}
            </Button>
          )}
        </div>
        <RefundTable
          refunds={page.edges.map(({ node }) => node)}
          caption={title}
          decide={may("Mutation.resolveRefund") ? ({ id }) => open(decide(id)) : undefined}
        />
      </section>
    );
  return (
    <div className="page">
      <div className="title">
        <div>
          <h1>{t("section.refunds")}</h1>
          <p className="muted">{t("refunds.lead")}</p>
        </div>
      </div>
      {shown}
      <div className="filters">
        <Chips
          label={t("refunds.filter")}
          chosen={chosen}
          choose={(value) => say({ state: value })}
          chips={[
            { value: undefined, label: t("list.allStates") },
            ...STATES.map((value) => ({ value, label: t(`refund.${value}`) })),
          ]}
        />
        <FilterField
          label={t("filter.learner")}
          value={learner}
          change={(value) => say({ learner: value })}
        />
        <FilterField label={t("filter.order")} value={order} change={(value) => say({ order: value })} />
      </div>
      <Answer of={result} again={refresh}>
        {({ review, underWay, list }) => (
          <>
            {group(t("refunds.review"), review, "NEEDS_REVIEW")}
            {group(t("refunds.underWay"), underWay, "IN_DOUBT")}
            {group(t(chosen ? `refund.${chosen}` : "refunds.settled"), list)}
            {[review, underWay, list].every((page) => !page || page.edges.length === 0) && (
              <Notice
                icon="refund"
                title={t("refunds.none")}
                hint={t(isFiltered ? "refunds.noneFilterHint" : "refunds.noneHint")}
              />
            )}
            <Turn
              page={list?.pageInfo ?? { hasNextPage: false }}
              after={after}
              to={(cursor) => void navigate({ search: (before) => ({ ...before, after: cursor }) })}
            />
          </>
        )}
      </Answer>
    </div>
  );
}
