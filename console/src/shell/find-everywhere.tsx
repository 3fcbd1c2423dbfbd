import { useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../ui/icon";
import { t } from "../words/words";

const FindDialog = lazy(async () => ({ default: (await import("./find-dialog")).FindDialog }));

/** The search that Ctrl K opens on every screen. */
export function FindEverywhere() {
  const [isOpen, open] = useState(false);
  const { href } = useLocation();
  useEffect(() => open(false), [href]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button className="find-opener" onPress={() => open(true)}>
        <Icon name="search" size={16} />
        <span>{t("find.open")}</span>
        <kbd>Ctrl K</kbd>
      </Button>
      {isOpen && (
        <Suspense>
          <FindDialog close={() => open(false)} />
        </Suspense>
      )}
    </>
  );
}
