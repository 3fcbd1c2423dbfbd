import { Link } from "@tanstack/react-router";
import { Badge, StateBadge, type Tone } from "../../ui/badge";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";
import type { Outcome, Row } from "./rows";

const TONES: Record<Outcome, Tone> = {
  CHANGED: "good",
  REFUSED: "bad",
  FAILED: "bad",
  NO_ANSWER: "warn",
  NOT_REACHED: "warn",
  WAITING: "plain",
  UNCHANGED: "dim",
  NOT_FOUND: "dim",
};

/** The name of an outcome: of the dry run, or of the work. */
export const outcomeWord = (outcome: Outcome, isTried: boolean): string =>
  t(outcome === "CHANGED" && isTried ? "bulk.outcome.WOULD_CHANGE" : `bulk.outcome.${outcome}`);

/** The entitlements with what has become, or would become, of each. */
export function BulkTable({ rows, isTried }: { rows: readonly Row[]; isTried: boolean }) {
  return (
    <div className="card list stacked">
      <table>
        <caption className="hidden">{t("bulk.table")}</caption>
        <thead>
          <tr>
            {(["entitlement", "order", "state", "outcome", "why"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`bulk.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ given, found, outcome, after, why }) => (
            <tr key={found?.id ?? given}>
              <th scope="row">
                {found ? (
                  <>
                    <Link to="/entitlements/$id" params={{ id: found.id }} search={{}} target="_blank">
                      <b>{found.course.title ?? t("list.untitled")}</b>
                    </Link>
                    <small>{found.user?.username}</small>
                  </>
                ) : (
                  <code>{given}</code>
                )}
              </th>
              <td>{found?.orderNumber && <code>{found.orderNumber}</code>}</td>
              <td>
                {found && (
                  <span className="becomes">
                    <StateBadge of={found.state} />
                    {outcome === "CHANGED" && after && after !== found.state && (
                      <>
                        <Icon name="chevron" size={13} />
                        <span className="hidden">{t("bulk.becomes")}</span>
                        <StateBadge of={after} />
                      </>
                    )}
                  </span>
                )}
              </td>
              <td>
                <Badge tone={TONES[outcome]} text={outcomeWord(outcome, isTried)} />
              </td>
              <td className="why">{outcome === "NOT_FOUND" ? t("bulk.notFoundWhy") : why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
