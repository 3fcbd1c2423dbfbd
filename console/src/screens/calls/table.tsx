import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useNow } from "../../api/live";
import { runName } from "../../entitlement/decisions";
import type { CallRowFragment, EnrollmentCallState } from "../../gql/graphql";
import { Badge, type Tone } from "../../ui/badge";
import { Time } from "../../ui/time";
import { askedAgain, distance } from "../../words/dates";
import { t } from "../../words/words";

const TONES: Record<EnrollmentCallState, Tone> = {
  REQUESTED: "warn",
  IN_DOUBT: "warn",
  NEEDS_REVIEW: "bad",
  DONE: "good",
  REFUSED: "dim",
};

/** Calls to the LMS as a table, which becomes a list of cards where the page is narrow. */
export function CallTable(props: {
  calls: readonly CallRowFragment[];
  /** Has the LMS asked again; undefined where the reader may not. */
  retry: ((call: CallRowFragment) => void) | undefined;
}) {
  const { calls, retry } = props;
  const now = useNow(calls.some(({ nextAttemptAt }) => Boolean(nextAttemptAt)));
  return (
    <div className="card list stacked">
      <table>
        <caption className="hidden">{t("section.calls")}</caption>
        <thead>
          <tr>
            {(["learner", "wish", "state", "asked", "decided"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`calls.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.id}>
              <th scope="row">
                <Link to="/learners/$username" params={{ username: call.user.username }} search={{}}>
                  <b>{call.user.username}</b>
                </Link>
                <small title={call.courseRun.key}>
                  {call.courseRun.title ?? call.courseRun.key} · {runName(call.courseRun.key)}
                </small>
              </th>
              <td>
                {t(`calls.${call.wish}`, { mode: call.mode ?? "" })}
                {call.entitlement && (
                  <small>
                    <Link to="/entitlements/$id" params={{ id: call.entitlement.id }} search={{}}>
                      {t("calls.entitlement")}
                    </Link>
                  </small>
                )}
              </td>
              <td>
                <Badge tone={TONES[call.state] ?? "plain"} text={t(`call.${call.state}`)} />
                {call.nextAttemptAt && <small>{askedAgain(call.nextAttemptAt, now)}</small>}
              </td>
              <td>
                {t("calls.times", { count: call.attempts })}
                {call.detail && (
                  <small>
                    {t("calls.detail")} <code>{call.detail}</code>
                  </small>
                )}
                {call.retriedAt && (
                  <small>{t("calls.retried", { when: distance(call.retriedAt, now) })}</small>
                )}
              </td>
              <td>
                <Time at={call.createdAt} as="minute" />
                <small>
                  <Time at={call.createdAt} as="distance" />
                </small>
              </td>
              <td className="end">
                {retry && (call.state === "NEEDS_REVIEW" || call.state === "IN_DOUBT") && (
                  <Button
                    className="button"
                    aria-label={`${t("retry.label")}… ${call.user.username}, ${runName(call.courseRun.key)}`}
                    onPress={() => retry(call)}
                  >
                    {t("retry.label")}…
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
