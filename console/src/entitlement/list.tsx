import { Button } from "react-aria-components";
import type { EntitlementState, SummaryFragment } from "../gql/graphql";
import { Notice } from "../ui/answer";
import { t } from "../words/words";
import { EntitlementTable } from "./table";

/** What the address of a list says: the state and the instant that are shown. */
export interface Saying {
  state?: string;
  at?: string;
}

const STATES: EntitlementState[] = [
  "AVAILABLE",
  "FULFILLED_CHANGEABLE",
  "FULFILLED",
  "PENDING_ENROLLMENT",
  "EXPIRED",
  "REFUNDED",
  "REVOKED",
];

/** The states to ask for; null for all of them, also where the address names no state. */
export function statesOf(state: string | undefined): EntitlementState[] | null {
  const states = STATES.filter((each) => each === state);
  return states.length > 0 ? states : null;
}

/** A page of entitlements, null where it is not known at the instant; the choice of a state, and the way to the next page. */
export function EntitlementList(props: {
  of: {
    edges: readonly { node: SummaryFragment }[];
    pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  } | null;
  saying: Saying;
  say: (change: Saying) => void;
  toNextPage: (after: string | null) => void;
  /** Whether the entitlements are those of several learners. */
  isOfMany?: boolean;
}) {
  const { state, at } = props.saying;
  if (!props.of) return <Notice icon="clock" title={t("answer.untold")} hint={t("answer.untoldHint")} />;
  const { edges, pageInfo } = props.of;
  return (
    <>
      <div className="chips" role="group" aria-label={t("list.filter")}>
        {[undefined, ...STATES].map((each) => (
          <button
            key={each ?? "all"}
            type="button"
            aria-pressed={each === statesOf(state)?.[0]}
            onClick={() => props.say({ state: each })}
          >
            {each ? t(`state.${each}`) : t("list.allStates")}
          </button>
        ))}
      </div>
      {edges.length > 0 ? (
        <EntitlementTable entitlements={edges.map(({ node }) => node)} at={at} isOfMany={props.isOfMany} />
      ) : (
        <Notice
          icon="stack"
          title={t("list.empty")}
          hint={t(state ? "list.emptyFilterHint" : "list.emptyHint")}
        />
      )}
      {pageInfo.hasNextPage && (
        <Button className="button more" onPress={() => props.toNextPage(pageInfo.endCursor ?? null)}>
          {t("list.more")}
        </Button>
      )}
    </>
  );
}
