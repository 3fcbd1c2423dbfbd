import type { Decision } from "../../../entitlement/decisions";
import { Icon } from "../../../ui/icon";
import { distance, tell } from "../../../words/dates";
import { t } from "../../../words/words";

/** Whether it can be done, as a mark. */
export function DecisionMark({ decision: { blocker } }: { decision: Decision }) {
  return (
    <span className={`mark ${blocker ? "no" : "yes"}`}>
      <Icon name={blocker ? "cross" : "check"} size={14} />
    </span>
  );
}

/** Until when it can be done, told from an instant or from now, or why it cannot. */
export function DecisionText(props: { decision: Decision; from?: string }) {
  const { blocker, why, until } = props.decision;
  const instant = props.from ? new Date(props.from).getTime() : undefined;
  return (
    <small>
      {blocker ? (
        <>
          {why} <code>{blocker}</code>
        </>
      ) : until ? (
        `${t("can.until", { day: tell(until, "day") })}, ${distance(until, instant)}`
      ) : (
        t("can.possible")
      )}
    </small>
  );
}
