import "./compare.css";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import type { StandingFragment } from "../../../gql/graphql";
import { isUntold } from "../../../api/faults";
import { Answer, Notice } from "../../../ui/answer";
import { Avatar } from "../../../ui/avatar";
import { Time } from "../../../ui/time";
import { operationWord, t } from "../../../words/words";
import { Compare } from "../documents";
import type { Happening } from "../happenings";
import { differencesBetween } from "./differences";

/** The two instants of a comparison, the earlier one first; undefined stands for now. */
interface Span {
  from: string;
  to: string | undefined;
}

const timeOf = (instant: string | undefined) => (instant === undefined ? Infinity : Date.parse(instant));

/** The instants that an address names, the earlier one first; null where it names none. */
export function spanOf(from: string | undefined, to: string | undefined): Span | null {
  if (from === undefined) return null;
  return to !== undefined && timeOf(to) < timeOf(from) ? { from: to, to: from } : { from, to };
}

/** How the entitlement stood at two instants, side by side: only what differs, and what has happened between. */
export function Comparison(props: {
  /** How it stands now. */
  now: StandingFragment;
  span: Span;
  /** What has been read of its history. */
  happenings: readonly Happening[];
}) {
  const { now, span, happenings } = props;
  const { from, to } = span;
  const isWrong = Number.isNaN(timeOf(from)) || Number.isNaN(timeOf(to));
  const [result, again] = useQuery({
    query: Compare,
    variables: { id: now.id, from, to: to ?? from, isToNow: to === undefined },
    pause: isWrong,
  });
  const between = happenings.filter(({ at }) => timeOf(at) > timeOf(from) && timeOf(at) <= timeOf(to));
  return (
    <section className="card compare" aria-labelledby="compare">
      <div className="head">
        <h2 id="compare">{t("compare.title")}</h2>
        <Link className="button" to="/entitlements/$id" params={{ id: now.id }} search={{}}>
          {t("compare.back")}
        </Link>
      </div>
      {isWrong ? (
        <Notice icon="clock" title={t("compare.wrong")} hint={t("compare.wrongHint")} />
      ) : (
        <Answer of={isUntold(result.error) ? { ...result, data: undefined } : result} again={again}>
          {({ entitlement }) => (
            <Columns
              span={span}
              before={entitlement?.before ?? null}
              after={to === undefined ? now : (entitlement?.after ?? null)}
              happenings={happenings}
            />
          )}
        </Answer>
      )}
      {between.length > 0 && (
        <div className="between">
          <h3>{t("compare.between", { count: between.length })}</h3>
          <ol>
            {between.map((happening) => (
              <li key={happening.id}>
                <Sentence of={happening} /> <Time at={happening.at} as="minute" />
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

function Sentence({ of: { who, operation } }: { of: Happening }) {
  const name = who ?? t("timeline.support");
  return (
    <span>
      <Avatar name={name} /> <b>{name}</b> {operationWord(operation)}
    </span>
  );
}

function Columns(props: {
  span: Span;
  before: StandingFragment | null;
  after: StandingFragment | null;
  happenings: readonly Happening[];
}) {
  const { span, before, after, happenings } = props;
  const { differing, same } = differencesBetween({ at: span.from, of: before }, { at: span.to, of: after });
  const sides = [
    { at: span.from as string | undefined, standing: before },
    { at: span.to, standing: after },
  ];
  return (
    <table>
      <caption className="hidden">{t("compare.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden">{t("diff.field")}</span>
          </th>
          {sides.map(({ at, standing }) => {
            const event = happenings.find((each) => each.at === at);
            return (
              <th key={at ?? "now"} scope="col">
                <b>{at ? <Time at={at} as="second" /> : t("time.now")}</b>
                {event && <Sentence of={event} />}
                {!standing && <small>{t("standing.before")}</small>}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {differing.map(({ name, sides: [one, other] }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{one}</td>
            <td>{other}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={3} className="muted small">
            {differing.length === 0 ? t("compare.nothing") : t("compare.same", { count: same })}{" "}
            {t("standing.asKnownNow")}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
