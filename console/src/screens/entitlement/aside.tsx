import { Button } from "react-aria-components";
import { runName } from "../../entitlement/decisions";
import { useNow } from "../../api/live";
import { Badge, RefundBadge } from "../../ui/badge";
import { Time } from "../../ui/time";
import { askedAgain, tell } from "../../words/dates";
import { t } from "../../words/words";
import { shopSaid } from "../../entitlement/shop-said";
import type { Page } from "./screen";

/** The sessions of the course, with the reason against each that cannot be chosen. */
export function Sessions({ page: { sessions }, isPast }: { page: Page; isPast: boolean }) {
  if (!sessions || sessions.length === 0) return null;
  const inOrder = sessions.toSorted((one, other) => rank(one) - rank(other));
  return (
    <section className="card" aria-labelledby="sessions">
      <div className="head">
        <h2 id="sessions">{t("sessions.title")}</h2>
        {isPast && <small>{t("sessions.asKnownNow")}</small>}
      </div>
      <ul className="rows">
        {inOrder.map(({ id, courseRun, isCurrent, blocker, blockerMessage }) => (
          <li key={id}>
            <span>
              <b title={courseRun.key}>{runName(courseRun.key)}</b>
              <small>
                {courseRun.startsAt
                  ? t("session.starts", { day: tell(courseRun.startsAt, "day") })
                  : t("session.noDate")}
              </small>
              {blocker && !isCurrent && <small>{blockerMessage}</small>}
            </span>
            {isCurrent ? (
              <Badge tone="info" text={t("session.current")} />
            ) : (
              <Badge tone={blocker ? "dim" : "good"} text={t(blocker ? "session.closed" : "session.open")} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const rank = ({ isCurrent, isAvailable }: { isCurrent: boolean; isAvailable: boolean }) =>
  isCurrent ? 0 : isAvailable ? 1 : 2;

/** The refunds of the order; a pending one tells when the shop is asked again. */
export function Refunds(props: { page: Page; decide: ((refundId: string) => void) | undefined }) {
  const { refunds } = props.page;
  const now = useNow(refunds.some(({ nextAttemptAt }) => Boolean(nextAttemptAt)));
  if (refunds.length === 0) return null;
  return (
    <section className="card" aria-labelledby="refunds">
      <div className="head">
        <h2 id="refunds">{t("refunds.title")}</h2>
      </div>
      <ul className="rows" aria-live="polite">
        {refunds.map((refund) => (
          <li key={refund.id}>
            <span>
              <b>
                <Time at={refund.createdAt} as="minute" />
              </b>
              <small>{t("refunds.asked", { count: refund.attempts })}</small>
              {refund.nextAttemptAt && <small aria-live="off">{askedAgain(refund.nextAttemptAt, now)}</small>}
              {refund.detail && <small>{shopSaid(refund.detail)}</small>}
              {refund.shopReferences.map((reference) => (
                <code key={reference}>{reference}</code>
              ))}
            </span>
            <span className="refund-end">
              <RefundBadge of={refund.state} />
              {refund.state === "NEEDS_REVIEW" && props.decide && (
                <Button className="button" onPress={() => props.decide?.(refund.id)}>
                  {t("resolve.label")}…
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
