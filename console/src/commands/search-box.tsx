import { useEffect, useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover, Text } from "react-aria-components";
import { useClient } from "urql";
import { useSettled } from "../api/live";
import { Icon } from "../ui/icon";
import { t } from "../words/words";
import type { Option, Question } from "./commands";

/** A field whose answers the server finds while the reader types. */
export function SearchBox(props: {
  question: Question & { kind: "search" };
  change: (value: unknown) => void;
  /** Whether the reader begins here. */
  isFirst: boolean;
}) {
  const { question, change, isFirst } = props;
  const client = useClient();
  const [typed, type] = useState("");
  const text = useSettled(typed.trim());
  const [found, setFound] = useState<{ text: string; options: Option[] } | null>(null);
  // An answer to what was typed before must not be chosen by a quick press of Enter.
  const options = found?.text === typed.trim() ? found.options : null;
  useEffect(() => {
    let isCurrent = true;
    void question.find(client, text).then((answer) => isCurrent && setFound({ text, options: answer }));
    return () => {
      isCurrent = false;
    };
    // The question is another object whenever the page is read again, and asks the same.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [client, text]);
  return (
    <ComboBox
      className="field"
      items={options ?? []}
      inputValue={typed}
      onInputChange={type}
      onSelectionChange={(key) => change(key ?? undefined)}
      defaultFilter={() => true}
      menuTrigger="focus"
      allowsEmptyCollection
    >
      <Label>{question.label}</Label>
      <span className="combo">
        <Input spellCheck="false" autoComplete="off" autoFocus={isFirst} />
        <Button className="icon-button" aria-label={t("command.showAll")}>
          <Icon name="search" size={16} />
        </Button>
      </span>
      {question.hint && (
        <Text slot="description" className="muted small">
          {question.hint}
        </Text>
      )}
      <Popover className="popover combo-list">
        <section aria-label={question.label}>
          <ListBox<Option>
            className="menu"
            renderEmptyState={() => (
              <p className="pad-small muted">
                {t(options === null ? "answer.loading" : "command.noneFound")}
              </p>
            )}
          >
            {({ value, label, hint }) => (
              <ListBoxItem id={value} textValue={label} className="menu-item">
                <span className="find-text">
                  <b>{label}</b>
                  {hint && <small>{hint}</small>}
                </span>
              </ListBoxItem>
            )}
          </ListBox>
        </section>
      </Popover>
    </ComboBox>
  );
}
