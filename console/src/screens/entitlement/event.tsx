import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { Avatar } from "../../ui/avatar";
import { RefundBadge, StateBadge } from "../../ui/badge";
import { Icon, type IconName } from "../../ui/icon";
import { Time } from "../../ui/time";
import { tell } from "../../words/dates";
import { operationWord, t } from "../../words/words";
import { Diff, quietChanges } from "../../entitlement/diff";
import type { Happening } from "./happenings";

const ICONS: [RegExp, IconName][] = [
  [/switch|move|transfer/i, "swap"],
  [/leave|unenrollment/i, "leave"],
  [/refund/i, "refund"],
  [/enroll|redeem/i, "enter"],
  [/lock/i, "lock"],
  [/reissue|revert|renew/i, "back"],
  [/expire|revoke/i, "stop"],
  [/grant|fulfill|import|demo/i, "gift"],
];
const iconOf = (operation: string): IconName => ICONS.find(([form]) => form.test(operation))?.[1] ?? "spark";

/** One event of the timeline. */
export function Event(props: {
  happening: Happening;
  /** Whether the page shows how it was just after this event. */
  isChosen: boolean;
  /** Whether it had not happened yet at the instant that the page shows. */
  isLater: boolean;
  /** Takes the page to the instant; undefined where there is no page for it. */
  choose?: (at: string | undefined) => void;
  /** Whether it is one of the two events to compare. */
  isTicked?: boolean;
  /** Makes it one of these, or no longer; undefined where nothing is compared. */
  tick?: () => void;
  /** Goes back to the state just after this event; undefined where that is not possible. */
  revert: ((happening: Happening) => void) | undefined;
}) {
  const { happening, isChosen, isLater, choose, isTicked, tick, revert } = props;
  const { at, who, operation, comments, entries, first, refund, state, times } = happening;
  const [isWhole, showWhole] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const wasShown = useRef(false);
  useEffect(() => {
    // A page that is opened begins with its title.
    if (isChosen && wasShown.current) row.current?.scrollIntoView({ block: "nearest" });
    wasShown.current = true;
  }, [isChosen]);
  const hidden = entries.flatMap(quietChanges).length;
  const name = who ?? t("timeline.support");
  const verb = operationWord(operation);
  return (
    <li ref={row} className={`event${isChosen ? " chosen" : ""}${isLater ? " later" : ""}`}>
      <span className={`event-icon${refund === "IN_DOUBT" ? " doubt" : ""}`}>
        <Icon name={iconOf(operation)} size={15} />
      </span>
      <div className="event-body">
        <div className="event-line">
          <h3>
            <Avatar name={name} /> <b>{name}</b> {verb}
            {times > 1 && ` ${t("timeline.times", { times })}`}
          </h3>
          {state && <StateBadge of={state} />}
          {refund && <RefundBadge of={refund} />}
          <Time at={at} as="distance" />
        </div>
        {comments && <blockquote>{comments}</blockquote>}
        {entries.map((entry) => (
          <Diff key={entry.id} entry={entry} isWhole={isWhole} />
        ))}
        <div className="event-foot">
          <span>
            <Time at={at} as="minute" /> · {t(`source.${first.source}`)}
            {first.changedByRole && <> · {t(`role.${first.changedByRole}`)}</>}
            {first.requestId && (
              <>
                {" "}
                · {t("timeline.request")} <code>{first.requestId}</code>
              </>
            )}
          </span>
          {hidden > 0 && (
            <Button className="link" aria-expanded={isWhole} onPress={() => showWhole(!isWhole)}>
              {isWhole ? t("timeline.fewer") : t("timeline.more", { count: hidden })}
            </Button>
          )}
          {revert && (
            <Button
              className="link"
              aria-label={`${t("revert.action")}…: ${verb}, ${tell(at, "second")}`}
              onPress={() => revert(happening)}
            >
              {t("revert.action")}…
            </Button>
          )}
          {choose && (
            <Button
              className="link event-travel"
              aria-label={`${t(isChosen ? "asOf.now" : "timeline.then")}: ${verb}, ${tell(at, "second")}`}
              onPress={() => choose(isChosen ? undefined : at)}
            >
              {t(isChosen ? "asOf.now" : "timeline.then")}
            </Button>
          )}
          {tick && (
            <label className="event-tick">
              <input
                type="checkbox"
                checked={isTicked ?? false}
                onChange={tick}
                aria-label={`${t("compare.action")}: ${verb}, ${tell(at, "second")}`}
              />{" "}
              {t("compare.action")}
            </label>
          )}
        </div>
      </div>
    </li>
  );
}
