import { useEffect, useState, type KeyboardEvent } from "react";
import { Button } from "react-aria-components";
import { tell } from "../words/dates";
import { t } from "../words/words";

/** An instant as a field for date and time holds it, in the time zone of the reader. */
function local(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The page travels when nothing has been typed for so long. */
const TYPED_MS = 800;
const FIRST = "2000-01-01T00:00:00";

/** The choice of an instant for the whole page; undefined stands for now. */
export function AsOf({ at, choose }: { at?: string; choose: (at: string | undefined) => void }) {
  const [draft, setDraft] = useState<{ text: string; isValid: boolean } | null>(null);
  const travel = () => {
    if (!draft?.isValid) return;
    choose(draft.text ? new Date(draft.text).toISOString() : undefined);
    setDraft(null);
  };
  useEffect(() => {
    // An empty field may be one that is typed into: the browser says so when it is left.
    if (!draft?.text) return;
    const timer = setTimeout(travel, TYPED_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [draft]);
  const onKeyDown = ({ key, currentTarget }: KeyboardEvent<HTMLInputElement>) => {
    if (key === "Enter" && currentTarget.reportValidity()) travel();
  };
  return (
    <div className="as-of">
      <label>
        {t("asOf.label")}{" "}
        <input
          type="datetime-local"
          step={1}
          value={draft ? draft.text : at ? local(at) : ""}
          min={FIRST}
          max={local(new Date().toISOString())}
          onChange={({ target }) => setDraft({ text: target.value, isValid: target.validity.valid })}
          onBlur={travel}
          onKeyDown={onKeyDown}
        />
      </label>
      {at && (
        <Button className="button" onPress={() => choose(undefined)}>
          {t("asOf.now")}
        </Button>
      )}
      <span role="status" className="hidden">
        {at && t("asOf.past", { instant: tell(at, "minute") })}
      </span>
    </div>
  );
}
