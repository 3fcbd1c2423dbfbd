import { Button } from "react-aria-components";
import type { CombinedError } from "urql";
import { faultOf } from "../api/faults";
import { Diff } from "../entitlement/diff";
import { Icon } from "../ui/icon";
import { t, word } from "../words/words";
import type { Command, Outcome } from "./commands";

/** What came of sending a command. */
export interface Result {
  outcome: Outcome | null;
  error: CombinedError | undefined;
}

/** Why a command was not carried out, in words; undefined when it was. */
export function problemOf({ outcome, error }: Result): string | undefined {
  if (error) {
    const fault = faultOf(error);
    return fault.message ?? t(`answer.${fault.kind}`);
  }
  return outcome?.userErrors[0]?.message;
}

/** What a dry run has found: the changes, and what the reader should know although nothing is refused. */
export function Preview(props: {
  of: Outcome | null;
  advice: readonly string[];
  explain: Command["explain"];
}) {
  const { of: outcome, advice, explain } = props;
  const entries = (outcome?.preview ?? []).filter(({ entityType }) => entityType !== "SUPPORT_DETAIL");
  const told = outcome?.userErrors.length === 0 && explain?.(outcome);
  const warnings = [...(outcome?.warnings ?? []).map((each) => word(`warning.${each}`)), ...advice];
  return (
    <section className="preview" aria-label={t("command.preview")} aria-live="polite">
      <h3 className="muted">{t("command.preview")}</h3>
      {outcome === null && <span className="bar" />}
      {outcome?.userErrors.length === 0 && entries.length === 0 && (
        <p className="muted">{t(outcome.preview?.length ? "command.noted" : "command.nothing")}</p>
      )}
      {entries.map((entry) => (
        <Diff key={entry.id} entry={entry} isWhole={false} />
      ))}
      {entries.some(({ type }) => type === "DELETED") && <p>{t("command.deleted")}</p>}
      {typeof told === "string" ? <p className="muted">{told}</p> : told}
      {[...new Set(warnings)].map((warning) => (
        <p key={warning} className="banner warn problem">
          <Icon name="warn" /> {warning}
        </p>
      ))}
    </section>
  );
}

/** Why the server refuses; after a conflict, with the way to what is new. */
export function Problem({ of: result, refresh }: { of: Result; refresh: () => void }) {
  const isConflict = result.outcome?.userErrors[0]?.code === "CONFLICT";
  return (
    <div role="alert" className="banner bad problem">
      <Icon name="warn" />
      <span>{isConflict ? t("command.conflict") : problemOf(result)}</span>
      {isConflict && (
        <Button className="button" onPress={refresh}>
          {t("command.refresh")}
        </Button>
      )}
    </div>
  );
}
