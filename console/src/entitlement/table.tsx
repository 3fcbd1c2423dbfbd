import "../ui/list.css";
import "./table.css";
import { Link } from "@tanstack/react-router";
import type { SummaryFragment } from "../gql/graphql";
import { StateBadge } from "../ui/badge";
import { Time } from "../ui/time";
import { t } from "../words/words";
import { decisionsOf, nextDeadline, runName, sessionOf } from "./decisions";
import { Marks } from "./marks";

/** Entitlements as a table, which becomes a list of cards where the page is narrow. */
export function EntitlementTable(props: {
  entitlements: readonly SummaryFragment[];
  /** The instant that is shown, which the page of an entitlement then shows too. */
  at?: string;
  /** Whether the entitlements are those of several learners, so that each row names its own. */
  isOfMany?: boolean;
}) {
  return (
    <div className="card list cards">
      <table>
        <caption className="hidden">{t("list.caption")}</caption>
        <thead>
          <tr>
            {(["course", "state", "session", "can", "deadline", "order"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`list.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.entitlements.map((entitlement) => (
            <Row key={entitlement.id} entitlement={entitlement} at={props.at} isOfMany={props.isOfMany} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: { entitlement: SummaryFragment; at?: string; isOfMany?: boolean }) {
  const { entitlement, at } = props;
  const { course, mode, orderNumber, state } = entitlement;
  const session = sessionOf(entitlement);
  const decisions = decisionsOf(entitlement);
  const deadline = nextDeadline(decisions);
  return (
    <tr>
      <th scope="row">
        <Link to="/entitlements/$id" params={{ id: entitlement.id }} search={{ at }}>
          <b>{course.title ?? t("list.untitled")}</b>
        </Link>
        <small>
          {props.isOfMany ? entitlement.user?.username : course.key} · {mode}
        </small>
      </th>
      <td>
        <StateBadge of={state} />
      </td>
      <td>
        {session ? (
          <span title={session.key}>{runName(session.key)}</span>
        ) : (
          <span className="muted">{t("list.noSession")}</span>
        )}
      </td>
      <td>
        <Marks decisions={decisions} />
      </td>
      <td>
        {deadline?.until ? (
          <>
            <Time at={deadline.until} as="day" />
            <small>{t(`can.${deadline.what}`)}</small>
          </>
        ) : (
          <span className="muted">{t("list.noDeadline")}</span>
        )}
      </td>
      <td>{orderNumber ? <code>{orderNumber}</code> : <span className="muted">{t("list.noOrder")}</span>}</td>
    </tr>
  );
}
