import { Button } from "react-aria-components";
import { tell } from "../words/dates";
import { t } from "../words/words";

/** An instant as a field for date and time holds it, in the time zone of the reader. */
function local(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The choice of an instant for the whole page; undefined stands for now. */
export function AsOf({ at, choose }: { at?: string; choose: (at: string | undefined) => void }) {
  return (
    <div className="as-of">
      <label>
        {t("asOf.label")}{" "}
        <input
          type="datetime-local"
          step={1}
          value={at ? local(at) : ""}
          max={local(new Date().toISOString())}
          onChange={({ target }) => choose(target.value ? new Date(target.value).toISOString() : undefined)}
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
