import "./me.css";
import { lazy, Suspense, useCallback, useState } from "react";
import { Button } from "react-aria-components";
import { useQuery } from "urql";
import { useNow } from "../../api/live";
import { usePages } from "../../api/pages";
import { useLive } from "../../api/use-live";
import { decisionsOf, runName, sessionOf } from "../../entitlement/decisions";
import type { MineQuery } from "../../gql/graphql";
import { useReader } from "../../shell/who";
import { Answer, Notice } from "../../ui/answer";
import { StateBadge } from "../../ui/badge";
import { pick } from "../../ui/pick";
import { distance, tell } from "../../words/dates";
import { commands } from "../../words/en/commands";
import { Saved } from "../../commands/saved";
import { addWords, t } from "../../words/words";
import type { Deed } from "./card-dialog";
import { Mine } from "./documents";

addWords(commands);

const CardDialog = lazy(async () => ({ default: (await import("./card-dialog")).CardDialog }));

type Card = NonNullable<MineQuery["viewer"]>["entitlements"]["edges"][number]["node"];

/** What the reader is entitled to, as learners see it. */
export default function MeScreen() {
  const { username } = useReader();
  const [after, toNextPage] = usePages("mine");
  const [result, again] = useQuery({ query: Mine, variables: { scope: "ALL", after } });
  const [saved, setSaved] = useState("");
  const look = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  const cards = result.data?.viewer?.entitlements.edges;
  const isPending =
    cards?.some(({ node }) => node.refunds.some(({ nextAttemptAt }) => nextAttemptAt)) ?? false;
  useLive({ choice: `?${new URLSearchParams({ username })}`, isPending, look });
  const done = (what: string) => {
    setSaved(what);
    look();
  };
  return (
    <div className="page page-narrow">
      <h1>{t("mine.title")}</h1>
      <p className="muted">{t("mine.lead")}</p>
      <Saved close={() => setSaved("")}>{saved}</Saved>
      <Answer of={result} again={look}>
        {({ viewer }) =>
          viewer && viewer.entitlements.edges.length > 0 ? (
            <>
              <ul className="courses">
                {viewer.entitlements.edges.map(({ node }) => (
                  <CourseCard key={node.id} card={node} done={done} />
                ))}
              </ul>
              {viewer.entitlements.pageInfo.hasNextPage && (
                <Button
                  className="button more"
                  onPress={() => toNextPage(viewer.entitlements.pageInfo.endCursor ?? null)}
                >
                  {t("list.more")}
                </Button>
              )}
            </>
          ) : (
            <Notice icon="book" title={t("mine.empty")} hint={t("mine.emptyHint")} />
          )
        }
      </Answer>
    </div>
  );
}

const PICTURES = 6;

const nameOf = (deed: Deed) => t(deed === "refund" ? "mine.refund" : `${deed}.label`);

function CourseCard({ card, done }: { card: Card; done: (what: string) => void }) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const pending = card.refunds.find(
    ({ state: of }) => of === "REQUESTED" || of === "IN_DOUBT" || of === "NEEDS_REVIEW",
  );
  const now = useNow(Boolean(pending?.nextAttemptAt));
  const { course, mode, runSummary, state } = card;
  const session = sessionOf(card);
  const [redeem, regain, refund] = decisionsOf(card) as [Decision, Decision, Decision];
  const title = course.title ?? t("list.untitled");
  const isOver = ["EXPIRED", "REFUNDED", "REVOKED"].includes(state);
  const picture = pick(course.id, PICTURES);
  const sentence = session
    ? regain.until
      ? t("mine.changeBy", { day: tell(regain.until, "day") })
      : regain.why
    : redeem.until
      ? t("mine.useBy", { day: tell(redeem.until, "day") })
      : redeem.why;
  const deeds: Deed[] = [
    ...(redeem.blocker ? [] : ["choose" as const]),
    ...(regain.blocker ? [] : ["change" as const, "leave" as const]),
    ...(refund.blocker ? [] : ["refund" as const]),
  ];
  return (
    <li className={isOver ? "course over" : "course"}>
      <div className={`picture picture-${picture}`} aria-hidden="true">
        {title.slice(0, 1).toUpperCase()}
      </div>
      <div className="course-text">
        <p className="muted small">{[runSummary.org, runSummary.number, mode].filter(Boolean).join(" · ")}</p>
        <h2>{title}</h2>
        {session && <p>{t("mine.session", { run: runName(session.key) })}</p>}
        {pending ? (
          <p role="status" className="banner warn pending">
            {t(pending.state === "NEEDS_REVIEW" ? "mine.review" : "mine.pending")}{" "}
            {pending.nextAttemptAt && (
              <span aria-live="off">{t("mine.asked", { when: distance(pending.nextAttemptAt, now) })}</span>
            )}
          </p>
        ) : (
          <>
            {!isOver && <p className="muted">{sentence}</p>}
            <p className="muted small">
              {refund.until ? t("mine.refundBy", { day: tell(refund.until, "day") }) : refund.why}
            </p>
          </>
        )}
      </div>
      <div className="course-end">
        <StateBadge of={state} />
        {deeds.map((each) => (
          <Button
            key={each}
            className={each === "choose" ? "button primary" : each === "refund" ? "link" : "button"}
            aria-label={`${nameOf(each)}: ${title}`}
            onPress={() => setDeed(each)}
          >
            {nameOf(each)}
          </Button>
        ))}
      </div>
      {deed && (
        <Suspense>
          <CardDialog
            card={{ id: card.id, title }}
            deed={deed}
            close={() => setDeed(null)}
            done={(what) => {
              setDeed(null);
              done(what);
            }}
          />
        </Suspense>
      )}
    </li>
  );
}

type Decision = ReturnType<typeof decisionsOf>[number];
