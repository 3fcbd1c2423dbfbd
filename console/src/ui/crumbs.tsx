import { Fragment, type ReactNode } from "react";
import { t } from "../words/words";
import { Icon } from "./icon";

/** Where the reader is: links, and at last the name of the page. */
export function Crumbs({ trail }: { trail: readonly ReactNode[] }) {
  return (
    <nav className="crumbs" aria-label={t("app.trail")}>
      {trail.map((step, place) => (
        <Fragment key={place}>
          {place > 0 && <Icon name="chevron" size={13} />}
          {place < trail.length - 1 ? step : <span aria-current="page">{step}</span>}
        </Fragment>
      ))}
    </nav>
  );
}
