import { Link } from "@tanstack/react-router";
import { Notice } from "../ui/answer";
import { t } from "../words/words";

/** What stands at an address that leads nowhere. */
export function NotFound() {
  return (
    <main className="page">
      <Notice icon="search" title={t("app.notFound")} hint={t("app.notFoundHint")}>
        <Link to="/" className="button">
          {t("app.home")}
        </Link>
      </Notice>
    </main>
  );
}
