import { Icon } from "../ui/icon";
import { t } from "../words/words";
import type { Decision } from "./decisions";

/** A mark for each decision, with the reason on it. */
export function Marks({ decisions }: { decisions: Decision[] }) {
  return (
    <span className="marks">
      {decisions.map(({ what, blocker, why }) => {
        const name = t(`can.${what}`);
        const text = blocker
          ? t("can.no", { what: name, why: why ?? blocker })
          : t("can.yes", { what: name });
        return (
          <span key={what} className={`mark ${blocker ? "no" : "yes"}`} title={text}>
            <Icon name={blocker ? "cross" : "check"} size={13} />
            <span className="hidden">{text}</span>
          </span>
        );
      })}
    </span>
  );
}
