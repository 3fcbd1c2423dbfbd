import { useEffect, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { useSettled } from "../api/live";
import { t } from "../words/words";

/** One of the values of a filter to choose from. */
export interface Chip {
  /** What the address says; undefined for what is shown without a filter. */
  value: string | undefined;
  label: string;
}

/** A choice of one value, which the address then says. */
export function Chips(props: {
  label: string;
  chips: readonly Chip[];
  chosen: string | undefined;
  choose: (value: string | undefined) => void;
}) {
  return (
    <div className="chips" role="group" aria-label={props.label}>
      {props.chips.map(({ value, label }) => (
        <button
          key={value ?? ""}
          type="button"
          aria-pressed={value === props.chosen}
          onClick={() => props.choose(value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** A text by which a list is filtered, as soon as the reader stops typing. */
export function FilterField(props: {
  label: string;
  value: string | undefined;
  change: (value: string | undefined) => void;
}) {
  const { label, value = "", change } = props;
  const [typed, type] = useState(value);
  const settled = useSettled(typed.trim(), 300);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (settled !== value) change(settled || undefined);
    // The address follows the field; that it is followed by it, another effect sees to.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return (
    <TextField className="field" value={typed} onChange={type}>
      <Label>{label}</Label>
      <Input spellCheck="false" autoComplete="off" maxLength={150} />
    </TextField>
  );
}

/** The ways to the next page of a list and back to its beginning. */
export function Turn(props: {
  page: { hasNextPage: boolean; endCursor?: string | null };
  after: string | undefined;
  to: (after: string | undefined) => void;
}) {
  const { page, after, to } = props;
  if (!page.hasNextPage && !after) return null;
  return (
    <nav className="turn" aria-label={t("list.pages")}>
      {after && (
        <button type="button" className="button" onClick={() => to(undefined)}>
          {t("list.first")}
        </button>
      )}
      {page.hasNextPage && (
        <button type="button" className="button" onClick={() => to(page.endCursor ?? undefined)}>
          {t("list.next")}
        </button>
      )}
    </nav>
  );
}
