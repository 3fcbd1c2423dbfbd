import type { ReactNode } from "react";
import { Label, Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { tell } from "../../words/dates";
import { t } from "../../words/words";
import type { Happening } from "./happenings";

/** A slider with a dot for each change; arrows hop from change to change, and its end is now. */
export function TimeBar(props: {
  happenings: readonly Happening[];
  at: string | undefined;
  choose: (at: string | undefined) => void;
  children: ReactNode;
}) {
  const instants = props.happenings.map(({ at }) => at).toReversed();
  const now = instants.length;
  const place = placeOf(instants, props.at);
  const nameOf = (dot: number) => (dot < now ? tell(instants[dot]!, "second") : t("time.now"));
  if (now === 0) return null;
  return (
    <section className="card time-bar">
      <Slider
        value={Math.max(place, 0)}
        minValue={0}
        maxValue={now}
        step={1}
        onChange={(dot) => props.choose(dot < now ? instants[dot] : undefined)}
      >
        <div className="time-head">
          <Label>{t("time.travel")}</Label>
          <b className={props.at ? "then" : undefined}>
            {props.at ? tell(props.at, "second") : t("time.now")}
          </b>
        </div>
        <SliderTrack className="track">
          <span className="track-line" />
          {instants.map((instant, dot) => (
            <span
              key={instant + String(dot)}
              className={dot <= place ? "dot reached" : "dot"}
              style={{ left: `${(dot / now) * 100}%` }}
            />
          ))}
          <SliderThumb className="thumb" aria-label={t("time.bar", { place: nameOf(Math.max(place, 0)) })} />
        </SliderTrack>
        <div className="time-ends muted small">
          <span>{tell(instants[0]!, "day")}</span>
          <span className="time-hint">{t("time.hint")}</span>
          <span>{t("time.now")}</span>
        </div>
      </Slider>
      {props.children}
    </section>
  );
}

/** The last change that had happened at an instant: -1 before the first one; without an instant, the end. */
function placeOf(instants: readonly string[], at: string | undefined): number {
  if (at === undefined) return instants.length;
  const time = new Date(at).getTime();
  return instants.findLastIndex((instant) => new Date(instant).getTime() <= time);
}
