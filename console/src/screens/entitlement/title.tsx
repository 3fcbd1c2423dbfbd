import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useReader } from "../../shell/who";
import { Avatar } from "../../ui/avatar";
import { StateBadge } from "../../ui/badge";
import { Crumbs } from "../../ui/crumbs";
import { Time } from "../../ui/time";
import { t } from "../../words/words";
import type { Page } from "./screen";

/** Which entitlement the page is about, with what can be done about it. */
export function Title(props: {
  page: Page;
  /** Whether the page shows another instant than now, whose state its badge must not contradict. */
  isPast: boolean;
  children: ReactNode;
}) {
  const { page, isPast, children } = props;
  const { may } = useReader();
  const title = page.course.title ?? t("list.untitled");
  const { user } = page;
  return (
    <>
      <Crumbs
        trail={[
          ...(user && may("Query.search")
            ? [
                <Link to="/">{t("section.find")}</Link>,
                <Link to="/learners/$username" params={{ username: user.username }} search={{}}>
                  {user.username}
                </Link>,
              ]
            : [<Link to="/me">{t("section.me")}</Link>]),
          title,
        ]}
      />
      <div className="title">
        <div>
          <h1>
            {title} {!isPast && <StateBadge of={page.state} />}
          </h1>
          <p className="facts-line muted">
            {user && (
              <span>
                <Avatar name={user.username} /> {user.username}
              </span>
            )}
            <span>{page.mode}</span>
            <span>
              {page.orderNumber ? (
                <>
                  {t("entitlement.order")} <code>{page.orderNumber}</code>
                </>
              ) : (
                t("find.noOrder")
              )}
            </span>
            <span>
              {t("entitlement.created")} <Time at={page.createdAt} as="day" />
            </span>
          </p>
        </div>
        {children}
      </div>
    </>
  );
}
