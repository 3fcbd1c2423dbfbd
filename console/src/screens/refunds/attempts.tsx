import { useQuery } from "urql";
import { Answer } from "../../ui/answer";
import { RefundBadge } from "../../ui/badge";
import { Time } from "../../ui/time";
import { t } from "../../words/words";
import { RefundAttempts } from "./documents";

/** Each time that the shop was asked for a refund. */
export function Attempts({ id }: { id: string }) {
  const [result, again] = useQuery({ query: RefundAttempts, variables: { id } });
  return (
    <Answer of={result} again={again}>
      {({ node }) => {
        const log = node?.__typename === "Refund" ? node.attemptLog : [];
        if (log.length === 0) return <p className="muted">{t("refunds.noAttempts")}</p>;
        return (
          <ol className="attempts">
            {log.map((attempt) => (
              <li key={attempt.id}>
                <b>{t("refunds.attempt", { number: attempt.number })}</b>
                <Time at={attempt.startedAt} as="second" />
                <RefundBadge of={attempt.state} />
                {attempt.answer && (
                  <span className="muted">
                    {t("refunds.answer", { answer: t(`shop.${attempt.answer}`) })}
                  </span>
                )}
              </li>
            ))}
          </ol>
        );
      }}
    </Answer>
  );
}
