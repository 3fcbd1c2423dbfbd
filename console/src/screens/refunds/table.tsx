import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { useNow } from "../../api/live";
import type { RefundRowFragment } from "../../gql/graphql";
import { RefundBadge } from "../../ui/badge";
import { Time } from "../../ui/time";
import { askedAgain } from "../../words/dates";
import { t } from "../../words/words";
import { shopSaid } from "../../entitlement/shop-said";
import { Attempts } from "./attempts";

/** Refunds as a table, which becomes a list of cards where the page is narrow. */
export function RefundTable(props: {
  refunds: readonly RefundRowFragment[];
  caption: string;
  /** Decides a refund that needs it; undefined where the reader may not. */
  decide: ((refund: RefundRowFragment) => void) | undefined;
}) {
  const now = useNow(props.refunds.some(({ nextAttemptAt }) => Boolean(nextAttemptAt)));
  return (
    <div className="card list stacked refunds">
      <table>
        <caption className="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {(["entitlement", "order", "state", "shop", "requested"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`refunds.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {props.refunds.map((refund) => (
            <Row key={refund.id} refund={refund} now={now} decide={props.decide} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: {
  refund: RefundRowFragment;
  now: number;
  decide: ((refund: RefundRowFragment) => void) | undefined;
}) {
  const { refund, now, decide } = props;
  const { entitlement, state } = refund;
  const [isOpen, open] = useState(false);
  return (
    <>
      <tr>
        <th scope="row">
          {entitlement ? (
            <>
              <Link to="/entitlements/$id" params={{ id: entitlement.id }} search={{}}>
                <b>{entitlement.course.title ?? t("list.untitled")}</b>
              </Link>
              {entitlement.user && (
                <small>
                  <Link to="/learners/$username" params={{ username: entitlement.user.username }} search={{}}>
                    {entitlement.user.username}
                  </Link>
                </small>
              )}
            </>
          ) : (
            <span className="muted">{t("refunds.deleted")}</span>
          )}
        </th>
        <td>
          <code>{refund.orderNumber}</code>
        </td>
        <td>
          <RefundBadge of={state} />
          {refund.nextAttemptAt && <small>{askedAgain(refund.nextAttemptAt, now)}</small>}
        </td>
        <td>
          {refund.attempts > 0 ? (
            <Button className="link" aria-expanded={isOpen} onPress={() => open(!isOpen)}>
              {t("refunds.times", { count: refund.attempts })}
              <span className="hidden"> {refund.orderNumber}</span>
            </Button>
          ) : (
            <span className="muted">{t("refunds.elsewhere")}</span>
          )}
          {refund.detail && <small>{shopSaid(refund.detail)}</small>}
          {refund.shopReferences.map((reference) => (
            <code key={reference}>{reference}</code>
          ))}
        </td>
        <td>
          <Time at={refund.createdAt} as="minute" />
          <small>
            <Time at={refund.createdAt} as="distance" />
          </small>
        </td>
        <td className="end">
          {state === "NEEDS_REVIEW" && decide && (
            <Button
              className="button"
              aria-label={`${t("resolve.label")}… ${refund.orderNumber}`}
              onPress={() => decide(refund)}
            >
              {t("resolve.label")}…
            </Button>
          )}
        </td>
      </tr>
      {isOpen && (
        <tr className="opened">
          <td colSpan={6}>
            <Attempts id={refund.id} key={`${refund.attempts} ${state}`} />
          </td>
        </tr>
      )}
    </>
  );
}
