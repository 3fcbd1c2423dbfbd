import type { Outcome } from "../../commands/commands";
import { t } from "../../words/words";
import { Icon } from "../../ui/icon";

/** It stands below the questions, where it might not be seen before the command is given. */
const show = (warning: HTMLElement | null) => warning?.scrollIntoView({ block: "nearest" });

const ROWS = ["usable", "changeable", "refundable"] as const;

/** What a change of a policy would do to the entitlements that have it. */
export function Effect({ of: { before, after } }: { of: NonNullable<Outcome["effect"]> }) {
  const expiring = before.usable - after.usable;
  const isSame = ROWS.every((row) => before[row] === after[row]);
  return (
    <>
      <h3 className="muted">{t("effect.title")}</h3>
      {before.count === 0 || isSame ? (
        <p>{t(before.count === 0 ? "effect.none" : "effect.same")}</p>
      ) : (
        <div className="diff effect">
          <table>
            <caption className="hidden">{t("effect.title")}</caption>
            <thead>
              <tr>
                <td />
                <th scope="col">{t("effect.now")}</th>
                <th scope="col">{t("effect.after")}</th>
              </tr>
            </thead>
            <tbody>
              {ROWS.map((row) => (
                <tr key={row}>
                  <th scope="row">{t(`effect.${row}`)}</th>
                  <td>{before[row]}</td>
                  <td>{before[row] === after[row] ? after[row] : <b>{after[row]}</b>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {expiring > 0 && (
        <p className="banner bad problem" ref={show}>
          <Icon name="warn" /> {t("effect.expire", { count: expiring })}
        </p>
      )}
    </>
  );
}
