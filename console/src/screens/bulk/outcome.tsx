import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button, Input, Label, ProgressBar, TextField } from "react-aria-components";
import { Icon } from "../../ui/icon";
import { Chips } from "../../ui/filters";
import { t } from "../../words/words";
import { csvOf, save } from "./csv";
import type { Deed } from "./deeds";
import { countsOf, openRows, OUTCOMES } from "./rows";
import { BulkTable, outcomeWord } from "./table";
import type { Bulk } from "./use-bulk";

/** What would come of it or has come of it, and what the reader can do next. */
export function BulkOutcome(props: { bulk: Bulk; deed: Deed; work: () => void; again: () => void }) {
  const { bulk, deed } = props;
  const { phase, rows, progress } = bulk;
  const { outcome } = useSearch({ from: "/frame/bulk" });
  const navigate = useNavigate({ from: "/bulk" });
  const isTried = phase === "trying" || phase === "tried";
  const counts = countsOf(rows);
  const chosen = OUTCOMES.find((each) => each === outcome && counts.has(each));
  const show = (value: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, outcome: value }), replace: true });
  const open = openRows(rows).length;
  const isBusy = phase === "trying" || phase === "working";
  return (
    <>
      <section className="card bulk-steps" aria-labelledby="bulk-outcome">
        <h2 id="bulk-outcome">
          {t(`bulk.phase.${phase}`)}: {t(`bulk.${deed.key}.label`)}
        </h2>
        {isBusy ? (
          <Progress bulk={bulk} total={progress.total} />
        ) : (
          <Next {...props} count={counts.get("CHANGED") ?? 0} open={open} />
        )}
      </section>
      {rows.length > 0 && (
        <>
          <div className="filters">
            <Chips
              label={t("bulk.filter")}
              chosen={chosen}
              choose={show}
              chips={[
                { value: undefined, label: t("bulk.all", { count: rows.length }) },
                ...[...counts].map(([value, count]) => ({
                  value,
                  label: `${outcomeWord(value, isTried)} (${count})`,
                })),
              ]}
            />
            <Button
              className="button"
              isDisabled={isBusy}
              onPress={() => save(fileName(deed, isTried), csvOf(rows))}
            >
              {t("bulk.save")}
            </Button>
          </div>
          <BulkTable rows={chosen ? rows.filter((row) => row.outcome === chosen) : rows} isTried={isTried} />
        </>
      )}
    </>
  );
}

const fileName = ({ key }: Deed, isTried: boolean) =>
  `${["bulk", key, ...(isTried ? ["dry-run"] : []), new Date().toISOString().slice(0, 10)].join("-")}.csv`;

function Progress({ bulk, total }: { bulk: Bulk; total: number }) {
  const { done } = bulk.progress;
  return (
    <div className="bulk-line">
      <ProgressBar
        className="progress"
        value={done}
        maxValue={Math.max(total, 1)}
        valueLabel={t("bulk.progress", { done, total })}
      >
        {({ percentage, valueText }) => (
          <>
            <Label>{t(bulk.isPausing ? "bulk.pausing" : `bulk.phase.${bulk.phase}`)}</Label>
            <span className="muted">{valueText}</span>
            <span className="progress-line">
              <span style={{ width: `${percentage ?? 0}%` }} />
            </span>
          </>
        )}
      </ProgressBar>
      <Button className="button" onPress={bulk.stop}>
        <Icon name="stop" size={16} /> {t("bulk.stop")}
      </Button>
    </div>
  );
}

function Next(props: {
  bulk: Bulk;
  deed: Deed;
  work: () => void;
  again: () => void;
  count: number;
  open: number;
}) {
  const { bulk, deed, work, again, count, open } = props;
  const [typed, type] = useState("");
  const back = (
    <Button className="button" onPress={bulk.back}>
      {t(bulk.phase === "tried" ? "bulk.change" : "bulk.anew")}
    </Button>
  );
  if (bulk.phase !== "tried")
    return (
      <>
        <p role="status">{t("bulk.done", { count, open })}</p>
        <div className="actions">
          {open > 0 && (
            <Button className="button primary" onPress={again}>
              {t("bulk.again", { count: open })}
            </Button>
          )}
          {back}
        </div>
      </>
    );
  return (
    <>
      <p role="status">{t("bulk.tried", { count })}</p>
      <form
        className="bulk-confirm"
        onSubmit={(event) => {
          event.preventDefault();
          work();
        }}
      >
        {count > 0 && (
          <>
            <TextField className="field" value={typed} onChange={type} autoFocus>
              <Label>{t("bulk.confirm", { count })}</Label>
              <Input inputMode="numeric" autoComplete="off" />
            </TextField>
            <Button
              type="submit"
              className={`button ${deed.isDangerous ? "destructive" : "primary"}`}
              isDisabled={typed.trim() !== String(count)}
            >
              {t(`bulk.${deed.key}.do`, { count })}
            </Button>
          </>
        )}
        {back}
      </form>
    </>
  );
}
