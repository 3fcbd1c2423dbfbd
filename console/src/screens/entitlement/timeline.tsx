import { useState } from "react";
import { Button } from "react-aria-components";
import { FaultNotice } from "../../ui/answer";
import { t } from "../../words/words";
import { Event } from "./event";
import type { Happening } from "./happenings";
import type { History } from "./older";

/** What has happened to the entitlement, the newest event first. */
export function Timeline(props: {
  happenings: readonly Happening[];
  /** How many changes there are in all; null where they were not counted. */
  total: number | null;
  at: string | undefined;
  choose: (at: string | undefined) => void;
  older: History;
  /** Goes back to the state just after an event; undefined where the reader may not. */
  revert: ((happening: Happening) => void) | undefined;
  /** Shows how it stood after each of two events, the earlier one first. */
  compare: (span: { from: string; to: string }) => void;
}) {
  const { happenings, at, choose, older, total, revert, compare } = props;
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const tick = (id: string) =>
    setTicked(ticked.includes(id) ? ticked.filter((each) => each !== id) : [...ticked, id].slice(-2));
  const [one, other] = happenings.filter(({ id }) => ticked.includes(id)).toReversed();
  const time = at === undefined ? Infinity : new Date(at).getTime();
  const isLater = ({ at: instant }: Happening) => new Date(instant).getTime() > time;
  const chosen = at === undefined ? undefined : happenings.find((each) => !isLater(each));
  return (
    <section className="card timeline" aria-labelledby="timeline">
      <div className="head">
        <h2 id="timeline">{t("timeline.title")}</h2>
        {total !== null && <small>{t("timeline.count", { count: total })}</small>}
      </div>
      <ol>
        {happenings.map((happening) => (
          <Event
            key={happening.id}
            happening={happening}
            isChosen={happening === chosen}
            isLater={isLater(happening)}
            choose={choose}
            isTicked={ticked.includes(happening.id)}
            tick={() => tick(happening.id)}
            revert={happening.main && happening !== happenings.find(({ main }) => main) ? revert : undefined}
          />
        ))}
      </ol>
      {older.error && <FaultNotice error={older.error} again={() => void older.readOn?.()} />}
      {older.readOn && (
        <Button className="button more" onPress={() => void older.readOn?.()}>
          {t("timeline.older")}
        </Button>
      )}
      {one && (
        <div className="compare-bar" role="status">
          <span>{t(other ? "compare.two" : "compare.one")}</span>
          <Button className="button" onPress={() => setTicked([])}>
            {t("app.cancel")}
          </Button>
          <Button
            className="button primary"
            isDisabled={!other}
            onPress={() => compare({ from: one.at, to: other!.at })}
          >
            {t("compare.action")}
          </Button>
        </div>
      )}
    </section>
  );
}
