import { useCallback, useEffect, useState } from "react";

/** A value that has stayed the same for a while, so that not every letter that is typed becomes a question. */
export function useSettled<T>(value: T, afterMs = 180): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

/** Calls `look` again and again while `isOn` and while the reader looks at the page. */
export function useRepeated(isOn: boolean, everyMs: number, look: () => void): void {
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => document.visibilityState === "visible" && look(), everyMs);
    return () => clearInterval(timer);
  }, [isOn, everyMs, look]);
}

/** The present in milliseconds, which moves on each second while `isOn`. */
export function useNow(isOn: boolean): number {
  const [now, setNow] = useState(Date.now);
  useRepeated(
    isOn,
    1_000,
    useCallback(() => setNow(Date.now()), []),
  );
  return now;
}
