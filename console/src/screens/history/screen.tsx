import "./history.css";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { Notice } from "../../ui/answer";
import { historySearch } from "../../words/en/history-search";
import { addWords, t } from "../../words/words";
import { filterOf, lineOf, termsOf, termText } from "./line";
import { NAMES } from "./qualifiers";
import { Results } from "./results";
import { SearchLine } from "./search-line";

addWords(historySearch);

/** The search of the history: one line of conditions, which the address holds, and the changes that match. */
export default function HistoryScreen() {
  const { q = "", by } = useSearch({ from: "/frame/history" });
  const navigate = useNavigate({ from: "/history" });
  const terms = termsOf(q);
  const faults = terms.filter(({ fault }) => fault !== null);
  const change = (line: string) =>
    void navigate({ search: (before) => ({ ...before, q: line || undefined }), resetScroll: false });
  const narrow = (requestId: string) =>
    change(
      lineOf([...terms.filter(({ name }) => name !== "request"), { text: termText("request", requestId) }]),
    );
  return (
    <div className="page">
      <h1>{t("search.title")}</h1>
      <p className="muted">{t("search.lead")}</p>
      <SearchLine terms={terms} change={change} />
      <Help />
      {faults.length > 0 ? (
        <div role="alert" className="card">
          <Notice icon="warn" title={t("search.wrong")}>
            <ul>
              {faults.map(({ text, fault }) => (
                <li key={text}>{fault}</li>
              ))}
            </ul>
            <Button className="button" onPress={() => change(lineOf(terms.filter(({ fault }) => !fault)))}>
              {t("search.removeWrong")}
            </Button>
          </Notice>
        </div>
      ) : (
        <Results
          key={q} // another search begins at its first page
          filter={filterOf(terms)}
          isGrouped={by === "request"}
          group={(isGrouped) =>
            void navigate({
              search: (before) => ({ ...before, by: isGrouped ? "request" : undefined }),
              replace: true,
              resetScroll: false,
            })
          }
          narrow={narrow}
        />
      )}
    </div>
  );
}

function Help() {
  return (
    <details className="search-help">
      <summary>{t("search.help")}</summary>
      <dl>
        {NAMES.map((name) => (
          <div key={name}>
            <dt>
              <code>{name}:</code>
            </dt>
            <dd>{t(`qualifier.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">{t("search.helpHint")}</p>
    </details>
  );
}
