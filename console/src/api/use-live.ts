import { useCallback, useEffect, useRef, useState } from "react";
import type { TrackedType } from "../gql/graphql";
import { follow } from "./events";
import { useRepeated } from "./live";

/** How often a page looks, where the server does not tell of changes. */
const LOOK_MS = 2_000;
/** What a command changes is told change by change; the page looks once. */
const TOGETHER_MS = 100;

/** What a page shows, and how it is kept up to date. */
interface Shown {
  /** The changes that concern it, such as `?entitlementId=…`; the same form as in the address of the stream. */
  choice: string;
  /** The type of the changed objects that it shows; all types without it. */
  entityType?: TrackedType;
  /** Whether something that it shows is about to change. */
  isPending: boolean;
  /** How often it looks while something is, where the server does not tell of changes; 2,000 without it. */
  everyMs?: number;
  /** Whether it must stay as it is for now, as a dialog is open that asks about what the reader has seen. */
  isHeld?: boolean;
  /** Reads it again. */
  look: () => void;
}

/**
 * Keeps a page up to date: it looks when the server tells of a change. While the stream is refused, cut or not there, it
 * looks again and again as long as something is pending.
 */
export function useLive(shown: Shown): void {
  const { choice, entityType, isPending, everyMs = LOOK_MS, isHeld = false, look } = shown;
  const [isTold, setTold] = useState(false);
  const isMissed = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const now = useRef({ look, isHeld });
  now.current = { look, isHeld };

  const lookSoon = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (now.current.isHeld) isMissed.current = true;
      else now.current.look();
    }, TOGETHER_MS);
  }, []);
  useEffect(() => {
    const leave = follow(choice, {
      opened: (isFirst) => {
        setTold(true);
        if (isFirst) lookSoon();
      },
      changed: (type) => (entityType === undefined || type === entityType) && lookSoon(),
      lost: () => setTold(false),
      signedOut: lookSoon,
    });
    return () => {
      leave();
      setTold(false);
      clearTimeout(timer.current);
    };
  }, [choice, entityType, lookSoon]);
  useEffect(() => {
    if (isHeld || !isMissed.current) return;
    isMissed.current = false;
    lookSoon();
  }, [isHeld, lookSoon]);
  useRepeated(isPending && !isTold && !isHeld, everyMs, look);
}
