import { useNavigate, useSearch } from "@tanstack/react-router";
import { t } from "../../words/words";
import { FindBox } from "./find-box";

/** The first screen: one box that finds everything. */
export default function FindScreen() {
  const { q } = useSearch({ from: "/frame/" });
  const navigate = useNavigate();
  return (
    <div className="page find-page">
      <h1>{t("find.title")}</h1>
      <p className="muted">{t("find.lead")}</p>
      <div className="card">
        <FindBox
          initial={q}
          changed={(text) => void navigate({ to: "/", search: { q: text || undefined }, replace: true })}
        />
      </div>
    </div>
  );
}
