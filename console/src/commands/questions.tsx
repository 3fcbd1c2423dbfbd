import { useEffect, useState } from "react";
import { Checkbox, Input, Label, Radio, RadioGroup, Text, TextArea, TextField } from "react-aria-components";
import { useClient } from "urql";
import { commands } from "../words/en/commands";
import { addWords, t } from "../words/words";
import type { Option, Options, Question } from "./commands";
import { SearchBox } from "./search-box";

addWords(commands);

/** The longest comments that the server stores. */
const COMMENTS_AT_MOST = 2_000;

/** Whether a question has been answered, so far as it has to be. */
export const isAnswer = (question: Question, value: unknown): boolean =>
  question.kind === "check" || (question.kind === "text" && question.isOptional)
    ? true
    : value !== undefined && value !== "";

/** Why the agent gives the command, for those who look at it later. */
export function Comments(props: {
  value: string;
  change: (comments: string) => void;
  /** Whether the reader begins here. */
  isFirst: boolean;
}) {
  return (
    <TextField
      className="field"
      value={props.value}
      onChange={props.change}
      isRequired
      maxLength={COMMENTS_AT_MOST}
      autoFocus={props.isFirst}
    >
      <Label>{t("command.why")}</Label>
      <TextArea rows={3} />
      <Text slot="description" className="muted small">
        {t("command.whyHint")}
      </Text>
    </TextField>
  );
}

interface Asked {
  question: Question;
  /** What is sent for the answer; undefined while there is none. */
  value: unknown;
  change: (value: unknown) => void;
  /** Whether the reader begins here. */
  isFirst: boolean;
}

/** A further question of a dialog. */
export function QuestionField({ question, value, change, isFirst }: Asked) {
  switch (question.kind) {
    case "check":
      return (
        <Checkbox
          className="check"
          isSelected={value !== undefined}
          onChange={(isOn) => change(isOn ? (question.on ?? true) : undefined)}
        >
          <span className="box" />
          <span>
            {question.label}
            {question.hint && <small>{question.hint}</small>}
          </span>
        </Checkbox>
      );
    case "text":
    case "days": {
      const isDays = question.kind === "days";
      const text = typeof value === "string" ? value : "";
      return (
        <TextField
          className={isDays ? "field days" : "field"}
          onChange={(typed) => change(isDays ? periodOf(typed) : typed.trim() === "" ? undefined : typed)}
          value={isDays ? daysOf(text) : text}
          autoFocus={isFirst}
        >
          <Label>{question.label}</Label>
          <Input
            spellCheck="false"
            autoComplete="off"
            inputMode={isDays ? "numeric" : "text"}
            maxLength={isDays ? 5 : 150}
          />
          {question.hint && (
            <Text slot="description" className="muted small">
              {question.hint}
            </Text>
          )}
        </TextField>
      );
    }
    case "search":
      return <SearchBox question={question} change={change} isFirst={isFirst} />;
    case "choice":
      return <Choice {...{ question, options: question.options, value, change }} />;
  }
}

/** The number of days in a period like `P730D`, as it is typed. */
const daysOf = (period: string) => /^P(\d+)D$/.exec(period)?.[1] ?? "";
const periodOf = (typed: string) => {
  const days = typed.replaceAll(/\D/g, "");
  return days ? `P${Number(days)}D` : undefined;
};

const sentFor = ({ value, sends }: Option) => (sends === undefined ? value : sends);

function Choice(props: Omit<Asked, "isFirst"> & { options: Options }) {
  const { question, value, change } = props;
  const options = useOptions(props.options);
  const chosen = value === undefined ? undefined : options?.find((option) => sentFor(option) === value);
  if (!options) return <span className="bar" />;
  if (options.length === 0) return <p className="muted">{t("command.noneFound")}</p>;
  return (
    <RadioGroup
      className={options.some(({ hint, why }) => hint || why) ? "choices" : "choices short"}
      onChange={(given) => change(sentFor(options.find((option) => option.value === given)!))}
      value={chosen?.value ?? null}
    >
      <Label>{question.label}</Label>
      {options.map(({ value: option, label, hint, why }) => (
        <Radio key={option} value={option} className="choice" isDisabled={Boolean(why)}>
          <span className="ring" />
          <span>
            <b>{label}</b>
            {(why ?? hint) && <small>{why ?? hint}</small>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** The options to choose from; null while the server is asked for them. */
function useOptions(given: Options): Option[] | null {
  const client = useClient();
  const [read, setRead] = useState<Option[] | null>(null);
  useEffect(() => {
    if (typeof given === "function") void given(client).then(setRead);
  }, [client, given]);
  return typeof given === "function" ? read : given;
}
