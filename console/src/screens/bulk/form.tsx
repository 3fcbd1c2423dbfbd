import { Button, Label, Text, TextArea, TextField } from "react-aria-components";
import { Comments, QuestionField } from "../../commands/questions";
import { Chips } from "../../ui/filters";
import { t } from "../../words/words";
import type { Deed } from "./deeds";
import { AT_MOST, readGiven } from "./rows";

/** What the form asks for. */
export interface Wish {
  /** The ids and orders as they were pasted. */
  text: string;
  answers: Record<string, unknown>;
  comments: string;
}

/** What is to be done, with which entitlements, and why. */
export function BulkForm(props: {
  deeds: readonly Deed[];
  deed: Deed;
  choose: (key: string | undefined) => void;
  wish: Wish;
  change: (wish: Wish) => void;
  /** Whether the form can be sent. */
  isReady: boolean;
  isBusy: boolean;
  rehearse: () => void;
}) {
  const { deeds, deed, wish, change, isReady, isBusy } = props;
  const { all, ids, orders } = readGiven(wish.text);
  const isTooMuch = all.length > AT_MOST;
  return (
    <form
      className="card bulk-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.rehearse();
      }}
    >
      <div className="field">
        <span>{t("bulk.what")}</span>
        <Chips
          label={t("bulk.what")}
          chosen={deed.key}
          choose={props.choose}
          chips={deeds.map(({ key }) => ({ value: key, label: t(`bulk.${key}.label`) }))}
        />
        <span className="muted small">{t(`bulk.${deed.key}.lead`)}</span>
      </div>
      <TextField
        className="field"
        value={wish.text}
        onChange={(text) => change({ ...wish, text })}
        isInvalid={isTooMuch}
        autoFocus
      >
        <Label>{t("bulk.given")}</Label>
        <TextArea rows={9} spellCheck="false" autoComplete="off" className="given" />
        <Text slot="description" className={isTooMuch ? "small wrong" : "muted small"}>
          {all.length === 0
            ? t("bulk.givenHint", { most: AT_MOST })
            : t(isTooMuch ? "bulk.tooMuch" : "bulk.count", {
                ids: ids.length,
                orders: orders.length,
                count: all.length,
                most: AT_MOST,
              })}
        </Text>
      </TextField>
      {deed.questions.map((question) => (
        <QuestionField
          key={question.field}
          question={question}
          isFirst={false}
          value={wish.answers[question.field]}
          change={(value) => change({ ...wish, answers: { ...wish.answers, [question.field]: value } })}
        />
      ))}
      {deed.comments && (
        <Comments
          value={wish.comments}
          change={(comments) => change({ ...wish, comments })}
          isFirst={false}
        />
      )}
      <div className="actions">
        <Button
          type="submit"
          className="button primary"
          isDisabled={!isReady || isTooMuch || all.length === 0}
          isPending={isBusy}
        >
          {isBusy ? t("command.busy") : t("bulk.rehearse")}
        </Button>
        <span className="muted small">{t("bulk.rehearseHint")}</span>
      </div>
    </form>
  );
}
