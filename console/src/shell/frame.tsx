import { Link, Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { useQuery } from "urql";
import { session } from "../api/session";
import { FaultNotice, Loading } from "../ui/answer";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { LanguageChoice } from "../ui/language-choice";
import { t } from "../words/words";
import { FindEverywhere } from "./find-everywhere";
import { SECTIONS } from "./sections";
import { useWaiting } from "./waiting";
import { ReaderProvider, useReader, Who } from "./who";

/** What is around every screen: who reads, the search, and the sections that the reader may use. */
export function Frame() {
  const [{ data, error }, again] = useQuery({ query: Who, requestPolicy: "cache-first" });
  const { pathname } = useLocation();
  if (error) return <FaultNotice error={error} again={again} />;
  if (!data) return <Loading />;
  if (!data.viewer) return <Navigate to="/signin" search={{ back: pathname }} />;
  return (
    <ReaderProvider value={data.viewer}>
      <Around pathname={pathname} />
    </ReaderProvider>
  );
}

function Around({ pathname }: { pathname: string }) {
  const { may } = useReader();
  const sections = SECTIONS.filter(({ needs }) => may(needs));
  const isSearcher = sections.some(({ to }) => to === "/");
  const waiting = useWaiting(pathname);
  const content = useRef<HTMLElement>(null);
  // A reader of a screen reader, or one who uses the keyboard, begins at the new screen.
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) content.current?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  if (pathname === "/" && !isSearcher) return <Navigate to="/me" replace />;
  return (
    <div className={sections.length > 1 ? "frame" : "frame frame-narrow"}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="top">
        <Link to="/" className="brand" aria-label={t("app.name")}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={26} height={26} />
          <span>{t("app.name")}</span>
        </Link>
        {isSearcher && <FindEverywhere />}
        <Account />
      </header>
      {sections.length > 1 && (
        <nav className="side" aria-label={t("app.sections")}>
          {sections.map(({ to, word, icon, also, waits }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: true, includeSearch: false }}
              className={also?.test(pathname) ? "on" : undefined}
              activeProps={{ className: "on" }}
            >
              <Icon name={icon} />
              <span>{t(word)}</span>
              {waits && waiting[waits] > 0 && (
                <span className="count warn">
                  {waiting[waits]}
                  <span className="hidden"> {t("section.waiting", { count: waiting[waits] })}</span>
                </span>
              )}
            </Link>
          ))}
        </nav>
      )}
      <main id="content" ref={content} tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

function Account() {
  const { username, roles } = useReader();
  const signOut = () => {
    session.signOut();
    location.assign(`${import.meta.env.BASE_URL}signin`); // forgets all that was read
  };
  return (
    <div className="account">
      <Avatar name={username} isLarge />
      <span className="account-name">
        <b>{username}</b>
        <small>{roles?.[0] && t(`role.${roles[0]}`)}</small>
      </span>
      <LanguageChoice />
      <Button className="icon-button" aria-label={t("me.signOut", { name: username })} onPress={signOut}>
        <Icon name="out" />
      </Button>
    </div>
  );
}
