import "./entitlement.css";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useQuery } from "urql";
import { isUntold } from "../../api/faults";
import { useDialogs } from "../../commands/use-dialog";
import { decide } from "../../commands/decide";
import { useLive } from "../../api/use-live";
import type { EntitlementPageQuery } from "../../gql/graphql";
import { useReader } from "../../shell/who";
import { Answer, Loading, Notice } from "../../ui/answer";
import { AsOf } from "../../ui/as-of";
import { distance } from "../../words/dates";
import { operationWord, t } from "../../words/words";
import { EntitlementPage, Then } from "./documents";
import { happeningsOf } from "./happenings";
import { Actions } from "./actions";
import { Refunds, Sessions } from "./aside";
import { commandsFor, revertTo } from "./commands";
import { useOlder } from "./older";
import { Comparison, spanOf } from "./standing/compare";
import { StandingPanel } from "./standing/standing";
import { TimeBar } from "./time-bar";
import { Timeline } from "./timeline";
import { Title } from "./title";

/** The entitlement that the page shows. */
export type Page = NonNullable<EntitlementPageQuery["entitlement"]>;

/** An entitlement: its timeline, and how it stands now or stood at an instant. */
export default function EntitlementScreen() {
  const { id } = useParams({ from: "/frame/entitlements/$id" });
  const { may } = useReader();
  const [result, again] = useQuery({
    query: EntitlementPage,
    variables: { id, withDetail: may("CourseEntitlement.supportDetails") },
  });
  const look = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  return (
    <div className="page">
      <Answer of={result} again={look}>
        {({ entitlement }) =>
          entitlement ? (
            <Loaded page={entitlement} refresh={look} />
          ) : (
            <Notice icon="search" title={t("entitlement.unknown")} hint={t("entitlement.unknownHint")} />
          )
        }
      </Answer>
    </div>
  );
}

function Loaded({ page, refresh }: { page: Page; refresh: () => void }) {
  const { at, from, to } = useSearch({ from: "/frame/entitlements/$id" });
  const navigate = useNavigate({ from: "/entitlements/$id" });
  const { may } = useReader();
  const choose = useCallback(
    (instant: string | undefined) =>
      void navigate({ search: { at: instant }, replace: true, resetScroll: false }),
    [navigate],
  );
  const older = useOlder(page, may("CourseEntitlement.supportDetails"));
  const happenings = useMemo(() => happeningsOf(older.nodes), [older.nodes]);
  const [then] = useQuery({ query: Then, variables: { id: page.id, at: at ?? "" }, pause: !at });
  const past = at ? (then.data?.entitlement?.asOf ?? null) : null;
  const commands = (at ?? from) ? [] : commandsFor(page).filter(({ name }) => may(`Mutation.${name}`));
  const newest = happenings[0];
  const span = spanOf(from, to);
  const { open, shown, isOpen } = useDialogs({
    refresh,
    seen: happenings.find(({ main }) => main)?.main?.id,
    newest:
      newest &&
      t("command.newest", {
        who: newest.who ?? t("timeline.support"),
        what: operationWord(newest.operation),
        when: distance(newest.at),
      }),
  });
  useLive({
    choice: `?entitlementId=${page.id}`,
    isPending: page.refunds.some(({ nextAttemptAt }) => Boolean(nextAttemptAt)),
    isHeld: isOpen, // so that a command is given about what its giver has seen
    look: refresh,
  });
  return (
    <>
      <Title page={page} isPast={at !== undefined || span !== null}>
        <Actions commands={commands} open={open} />
      </Title>
      {shown}
      {span ? (
        <Comparison now={page} span={span} happenings={happenings} />
      ) : (
        <>
          <TimeBar happenings={happenings} at={at} choose={choose}>
            <AsOf at={at} choose={choose} />
          </TimeBar>
          <div className="columns">
            <Timeline
              happenings={happenings}
              total={page.history.totalCount ?? null}
              at={at}
              choose={choose}
              older={older}
              compare={(span) => void navigate({ search: span })}
              revert={
                at || !may("Mutation.revertEntitlement")
                  ? undefined
                  : (happening) => open(revertTo(page, happening))
              }
            />
            <div className="aside" role="region" aria-label={t("standing.title")} tabIndex={0}>
              {at && !past && then.fetching ? (
                <Loading />
              ) : (
                <StandingPanel now={page} past={past} at={at} isUntold={isUntold(then.error)} />
              )}
              <Sessions page={page} isPast={at !== undefined} />
              <Refunds
                page={page}
                decide={may("Mutation.resolveRefund") && !at ? (id) => open(decide(id)) : undefined}
              />
            </div>
          </div>
        </>
      )}
    </>
  );
}
