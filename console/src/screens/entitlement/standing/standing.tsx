import { decisionsOf, type Decision } from "../../../entitlement/decisions";
import type { StandingFragment } from "../../../gql/graphql";
import { StateBadge } from "../../../ui/badge";
import { tell } from "../../../words/dates";
import { t } from "../../../words/words";
import { DecisionMark, DecisionText } from "./decision";
import { factsOf } from "./facts";

/** What can be done with the entitlement and why not, and the facts: now, or at an instant beside what is now. */
export function StandingPanel(props: {
  now: StandingFragment;
  past: StandingFragment | null;
  at?: string;
  /** Whether it existed then, and something of it was not recorded yet. */
  isUntold: boolean;
}) {
  const { now, past, at, isUntold } = props;
  if (at && !past)
    return (
      <section className="card standing past-ring">
        <div className="head">
          <h2>{t("standing.then", { instant: tell(at, "minute") })}</h2>
        </div>
        <p className="pad muted">
          {t(
            isUntold
              ? "answer.untoldHint"
              : Date.parse(at) > Date.now()
                ? "standing.future"
                : "standing.before",
          )}
        </p>
      </section>
    );
  const shown = past ?? now;
  const then = past && new Map(factsOf(past));
  return (
    <section className={`card standing${past ? " past-ring" : ""}`} aria-labelledby="standing">
      <div className="head">
        <h2 id="standing">{past ? t("standing.then", { instant: tell(at!, "minute") }) : t("time.now")}</h2>
        <StateBadge of={shown.state} />
      </div>
      <ul className="decisions">
        {decisionsOf(shown).map((decision) => (
          <DecisionRow key={decision.what} decision={decision} from={at} />
        ))}
      </ul>
      <dl>
        {factsOf(now).map(([name, value]) => {
          const old = then?.get(name) ?? value;
          return (
            <div key={name} className={old === value ? undefined : "differs"}>
              <dt>{name}</dt>
              <dd>
                {old}
                {old !== value && <small>{t("standing.now", { value })}</small>}
              </dd>
            </div>
          );
        })}
      </dl>
      {past && <p className="pad muted small">{t("standing.asKnownNow")}</p>}
    </section>
  );
}

function DecisionRow({ decision, from }: { decision: Decision; from?: string }) {
  return (
    <li>
      <DecisionMark decision={decision} />
      <span>
        <b>{t(`can.${decision.what}`)}</b>
        <DecisionText decision={decision} from={from} />
      </span>
    </li>
  );
}
