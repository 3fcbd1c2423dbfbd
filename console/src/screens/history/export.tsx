import { useEffect, useRef, useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { CombinedError } from "urql";
import { exportList, Incomplete, type Form, type Progress } from "../../api/export";
import { faultOf } from "../../api/faults";
import type { HistoryFilter } from "../../gql/graphql";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";
import { parametersOf } from "./line";

/** How an export stands. */
type Standing = { tone: "good" | "bad" | "plain"; text: string } | Progress | null;

const KB = 1_000;
const size = (bytes: number) =>
  bytes < KB ** 2 ? `${Math.ceil(bytes / KB)} kB` : `${(bytes / KB ** 2).toFixed(1)} MB`;

/** Takes out everything that matches, not only what has been read, into a file. `total` is null where it is unknown. */
export function Export({ filter, total }: { filter: HistoryFilter; total: number | null }) {
  const [standing, stand] = useState<Standing>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const isRunning = standing !== null && "rows" in standing;

  const run = async (form: Form) => {
    const stopping = new AbortController();
    running.current = stopping;
    stand({ rows: 0, bytes: 0 });
    const told = (progress: Progress) => stopping.signal.aborted || stand(progress);
    try {
      const { rows, bytes } = await exportList("history", form, parametersOf(filter), told, stopping.signal);
      stand({ tone: "good", text: t("export.done", { rows, size: size(bytes) }) });
    } catch (error) {
      stand(
        stopping.signal.aborted
          ? { tone: "plain", text: t("export.stopped") }
          : { tone: "bad", text: sentenceOf(error) },
      );
    }
  };
  return (
    <>
      <MenuTrigger>
        <Button className="button" isDisabled={isRunning}>
          <Icon name="download" size={16} /> {t("export.action")}
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" aria-label={t("export.action")} onAction={(form) => void run(form as Form)}>
            {(["csv", "ndjson"] as const).map((form) => (
              <MenuItem key={form} id={form} className="menu-item">
                {t(`export.${form}`)}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <div className="export" role="status">
        {standing && "text" in standing && <p className={`banner ${standing.tone}`}>{standing.text}</p>}
        {isRunning && (
          <div className="banner plain export-running">
            <span aria-live="off">
              {t("export.running", { rows: standing.rows, size: size(standing.bytes) })}
            </span>
            <progress
              aria-label={t("export.progress")}
              max={total ?? undefined}
              value={total === null ? undefined : Math.min(standing.rows, total)}
            />
            <Button className="button" onPress={() => running.current?.abort()}>
              {t("export.stop")}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

/** Why there is no file, in words. */
function sentenceOf(error: unknown): string {
  if (error instanceof Incomplete) return t("export.incomplete");
  if (!(error instanceof CombinedError)) return t("answer.offline");
  const { kind, message } = faultOf(error);
  return message ?? t(`answer.${kind}`);
}
