import "../../commands/dialog.css";
import "../../ui/list.css";
import "./bulk.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { isAnswer } from "../../commands/questions";
import { useReader } from "../../shell/who";
import { FaultNotice, Notice } from "../../ui/answer";
import { bulk as words } from "../../words/en/bulk";
import { addWords, t } from "../../words/words";
import { deeds } from "./deeds";
import { BulkForm, type Wish } from "./form";
import { Leaving } from "./leaving";
import { BulkOutcome } from "./outcome";
import { useBulk } from "./use-bulk";

addWords(words);

const ALL = deeds();
const EMPTY: Wish = { text: "", answers: {}, comments: "" };

/** Changes many entitlements at once: a dry run tells what would come of it, and a number confirms it. */
export default function BulkScreen() {
  const { may } = useReader();
  const search = useSearch({ from: "/frame/bulk" });
  const navigate = useNavigate({ from: "/bulk" });
  const bulk = useBulk();
  const [wish, change] = useState(EMPTY);
  const offered = ALL.filter(({ name }) => may(`Mutation.${name}`));
  const deed = offered.find(({ key }) => key === search.do) ?? offered[0];
  if (!deed) return <Notice icon="lock" title={t("answer.refused")} hint={t("answer.refusedHint")} />;
  const { questions, comments } = deed;
  const own = new Set(questions.map(({ field }) => field));
  const input = {
    ...Object.fromEntries(Object.entries(wish.answers).filter(([field]) => own.has(field))),
    ...(comments && { [comments]: wish.comments.trim() }),
  };
  const isReady =
    questions.every((question) => isAnswer(question, wish.answers[question.field])) &&
    (!comments || wish.comments.trim() !== "");
  const isForm = bulk.phase === "form";
  return (
    <div className="page">
      <div className="title">
        <div>
          <h1>{t("section.bulk")}</h1>
          <p className="muted">{t("bulk.lead")}</p>
        </div>
      </div>
      <Leaving isWorking={bulk.phase === "working"} />
      {bulk.fault && <FaultNotice error={bulk.fault} again={() => void again()} />}
      {isForm ? (
        <BulkForm
          deeds={offered}
          deed={deed}
          choose={(key) => void navigate({ search: { do: key }, replace: true })}
          wish={wish}
          change={change}
          isReady={isReady}
          isBusy={false}
          rehearse={() => void bulk.rehearse(wish.text, deed, input)}
        />
      ) : (
        <BulkOutcome
          key={bulk.phase}
          bulk={bulk}
          deed={deed}
          work={() => void bulk.work(deed, input)}
          again={() => void bulk.again(deed, input)}
        />
      )}
    </div>
  );

  function again() {
    return bulk.phase === "done" ? bulk.again(deed!, input) : bulk.rehearse(wish.text, deed!, input);
  }
}
