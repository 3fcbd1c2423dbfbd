import "./dialog.css";
import { useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useClient } from "urql";
import { useSettled } from "../api/live";
import { t } from "../words/words";
import type { Command, Outcome } from "./commands";
import { Preview, Problem, problemOf, type Result } from "./preview";
import { Comments, isAnswer, QuestionField } from "./questions";

/**
 * A dialog for a command: what it will change, as a dry run tells, and why, which is required. `seen` is the newest entry
 * that the reader has seen; when something newer has happened, the server refuses and the dialog says so.
 */
export function CommandDialog(props: {
  command: Command;
  seen?: string;
  close: () => void;
  done: (outcome: Outcome) => void;
  /** Reads the page again, which something newer has overtaken. */
  refresh: () => void;
  /** The newest event, in words. */
  newest?: string;
}) {
  const { command, seen, close, done, refresh } = props;
  const client = useClient();
  const [answers, setAnswers] = useState<Record<string, unknown>>(command.initial ?? {});
  const [comments, setComments] = useState("");
  const [preview, setPreview] = useState<Result | null>(null);
  const [advice, setAdvice] = useState<string[]>([]);
  const [refused, setRefused] = useState<Result | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [opened] = useState(seen);
  useEffect(() => setRefused(null), [seen]); // the reader has read on

  const questions = command.questions ?? [];
  const isAnswered = questions.every((question) => isAnswer(question, answers[question.field]));
  const input = {
    ...command.input,
    ...answers,
    ...(command.isGuarded && { expectedHistoryEntryId: seen }),
  };
  // By its content: the answer to a dry run has the screen read again, which makes the same command once more.
  const settled = useSettled(JSON.stringify(input), 250);
  const send = async (why: string, more: object): Promise<Result> => {
    const given = { ...input, ...(command.comments && { [command.comments]: why }), ...more };
    const { data, error } = await client.mutation(command.document, { input: given });
    return { outcome: data?.done ?? null, error };
  };
  useEffect(() => {
    if (!isAnswered) return;
    let isCurrent = true;
    void send(t("command.rehearsal"), { dryRun: true }).then((result) => isCurrent && setPreview(result));
    void command.advise?.(client, input).then((advised) => isCurrent && setAdvice(advised));
    return () => {
      isCurrent = false;
    };
    // `settled` stands for all that `send` uses.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [settled, isAnswered]);

  const confirm = async () => {
    setBusy(true);
    setRefused(null);
    const result = await send(comments.trim(), {});
    setBusy(false);
    if (problemOf(result) || !result.outcome) setRefused(result);
    else done(result.outcome);
  };
  const problem = refused ?? (isAnswered && preview && problemOf(preview) ? preview : null);
  const isReady = isAnswered && preview && !problemOf(preview) && (!command.comments || comments.trim());
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      onOpenChange={(isOpen) => isOpen || close()}
      isDismissable={!isBusy}
    >
      <Modal className="modal command">
        <Dialog>
          <div className="command-body">
            <Heading slot="title">{command.title}</Heading>
            <p className="muted">{command.lead}</p>
            {opened !== seen && props.newest && (
              <p role="status" className="banner warn">
                {t("command.newer", { what: props.newest })}
              </p>
            )}
            {questions.map((question, place) => (
              <QuestionField
                key={question.field}
                question={question}
                isFirst={place === 0}
                value={answers[question.field]}
                change={(value) => setAnswers((before) => ({ ...before, [question.field]: value }))}
              />
            ))}
            {isAnswered && !refused && !(preview && problemOf(preview)) && (
              <Preview of={preview?.outcome ?? null} advice={advice} explain={command.explain} />
            )}
            {command.comments && (
              <Comments
                value={comments}
                change={setComments}
                isFirst={questions.every(({ kind }) => kind === "check")}
              />
            )}
            {problem && <Problem of={problem} refresh={refresh} />}
          </div>
          <div className="command-foot">
            <Button className="button" onPress={close} isDisabled={isBusy}>
              {t("app.cancel")}
            </Button>
            <Button
              className={`button ${command.isDangerous ? "destructive" : "primary"}`}
              isDisabled={!isReady}
              isPending={isBusy} // it keeps the focus
              onPress={() => void confirm()}
            >
              {isBusy ? t("command.busy") : command.label}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
