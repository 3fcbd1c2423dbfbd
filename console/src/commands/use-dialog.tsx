import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import type { Command, Outcome } from "./commands";
import { commands } from "../words/en/commands";
import { addWords, t } from "../words/words";
import { Saved } from "./saved";

addWords(commands);

const CommandDialog = lazy(async () => ({ default: (await import("./dialog")).CommandDialog }));

/** For so long after a command it is watched whether the focus is lost. */
const WATCH_FOCUS_MS = 10_000;

/** The dialogs of a screen. */
export interface Dialogs {
  open: (command: Command) => void;
  /** Whether a dialog is open. */
  isOpen: boolean;
  /** The dialog that is open, and what was done last; it belongs below the title of the screen. */
  shown: ReactNode;
}

/**
 * Opens the dialogs for commands over a screen, and tells what has been done. `refresh` reads the screen again; `seen` and
 * `newest` are those of the dialog, and `more` is shown beside what has been done.
 */
export function useDialogs(props: {
  refresh: () => void;
  seen?: string;
  newest?: string;
  more?: (outcome: Outcome) => ReactNode;
}): Dialogs {
  const { refresh, seen, newest, more } = props;
  const [command, open] = useState<Command | null>(null);
  const [done, setDone] = useState<{ what: string; outcome: Outcome } | null>(null);
  const told = useRef<HTMLDivElement>(null);
  // What has opened the dialog goes when the screen has been read again, such as the row of a refund that is decided.
  useEffect(() => {
    if (command !== null || done === null) return;
    const watch = setInterval(() => document.activeElement === document.body && told.current?.focus(), 200);
    const end = setTimeout(() => clearInterval(watch), WATCH_FOCUS_MS);
    return () => {
      clearInterval(watch);
      clearTimeout(end);
    };
  }, [command, done]);
  const shown = (
    <>
      <Saved ref={told} close={() => setDone(null)}>
        {done && (
          <>
            {done.what} {more?.(done.outcome)}
          </>
        )}
      </Saved>
      {command && (
        <Suspense>
          <CommandDialog
            command={command}
            seen={seen}
            newest={newest}
            refresh={refresh}
            close={() => open(null)}
            done={(outcome) => {
              open(null);
              setDone({ what: command.saved ?? t("command.saved", { what: command.title }), outcome });
              refresh();
            }}
          />
        </Suspense>
      )}
    </>
  );
  return {
    open: (given) => {
      setDone(null);
      open(given);
    },
    isOpen: command !== null,
    shown,
  };
}
