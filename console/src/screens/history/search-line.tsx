import { useRef, useState, type KeyboardEvent } from "react";
import {
  Autocomplete,
  Button,
  Input,
  ListBox,
  ListBoxItem,
  SearchField,
  Tag,
  TagGroup,
  TagList,
} from "react-aria-components";
import { useReader } from "../../shell/who";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";
import { lineOf, termsOf, type Term } from "./line";
import { suggestionsFor } from "./suggestions";

/**
 * The line of a search: a chip for each condition, and a field for the next one. Enter adds what is typed, or what the
 * arrows have chosen; Backspace in the empty field takes the last condition back into it.
 */
export function SearchLine({ terms, change }: { terms: Term[]; change: (line: string) => void }) {
  const { username } = useReader();
  const [typed, type] = useState("");
  const [isOpen, open] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const suggestions = suggestionsFor(typed, username);
  const add = (text: string) => {
    type("");
    open(false); // the results are behind it
    if (text.trim()) change(lineOf([...terms, ...termsOf(text)]));
  };
  const choose = (text: string) => {
    const { isWhole } = suggestions.find((each) => each.text === text)!;
    if (isWhole) add(text);
    else type(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = terms.at(-1);
    if (event.key === "Escape") open(false);
    if (event.key === "ArrowDown") open(true);
    const isChoosing = line.current?.querySelector('[role="option"][data-focused]');
    if (event.key === "Enter" && !isChoosing) add(typed);
    if (event.key !== "Backspace" || typed !== "" || !last) return;
    event.preventDefault(); // it would remove a letter of the condition
    type(last.text);
    change(lineOf(terms.slice(0, -1)));
  };
  return (
    <div
      ref={line}
      className="card search-line"
      onFocus={({ target }) => target === field.current && open(true)} // and not what the arrows choose
      onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || open(false)}
    >
      <Icon name="search" />
      {terms.length > 0 && (
        <TagGroup
          aria-label={t("search.chosen")}
          onRemove={(gone) => {
            change(lineOf(terms.filter(({ text }) => !gone.has(text))));
            field.current?.focus();
          }}
        >
          <TagList className="terms">
            {terms.map(({ text, name, value, fault }) => (
              <Tag key={text} id={text} textValue={text} className={fault ? "term wrong" : "term"}>
                {name ? (
                  <>
                    <span className="term-name">{name}:</span> {value}
                  </>
                ) : (
                  text
                )}
                <Button slot="remove" className="term-remove" aria-label={t("search.remove", { text })}>
                  <Icon name="cross" size={12} />
                </Button>
              </Tag>
            ))}
          </TagList>
        </TagGroup>
      )}
      <Autocomplete inputValue={typed} onInputChange={type} disableAutoFocusFirst>
        <SearchField className="search-field" aria-label={t("search.add")}>
          <Input
            ref={field}
            placeholder={t(terms.length > 0 ? "search.add" : "search.first")}
            spellCheck="false"
            autoComplete="off"
            autoCapitalize="none"
            onKeyDown={onKeyDown}
            onClick={() => open(true)}
            onInput={() => open(true)}
          />
        </SearchField>
        {isOpen && suggestions.length > 0 && (
          <ListBox
            className="popover search-suggestions"
            aria-label={t("search.suggestions")}
            items={suggestions}
            onAction={(text) => choose(String(text))}
          >
            {({ text, hint }) => (
              <ListBoxItem id={text} textValue={text} className="menu-item search-suggestion">
                <code>{text}</code>
                <span>{hint}</span>
              </ListBoxItem>
            )}
          </ListBox>
        )}
      </Autocomplete>
      {terms.length > 0 && (
        <Button className="link" onPress={() => change("")}>
          {t("search.clear")}
        </Button>
      )}
    </div>
  );
}
