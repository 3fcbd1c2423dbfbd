const PATHS = {
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm9 2-4-4",
  learners:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 4.7a3.5 3.5 0 0 1 0 6.6M18.5 14.9c1.7.8 2.7 2.6 3 5.1",
  refund: "M4 7h13a3 3 0 0 1 0 6H4m4-10L4 7l4 4m12 6H8",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7v5l3.5 2",
  book: "M4 5.5A2.5 2.5 0 0 1 6.5 3H20v15H6.5A2.5 2.5 0 0 0 4 20.5zM4 20.5A2.5 2.5 0 0 0 6.5 21H20v-3",
  stack: "m12 3 9 5-9 5-9-5zM3 13l9 5 9-5",
  rules: "M4 6h16M4 12h10M4 18h7m7 1a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6.5 6.5 11 11m0-11-11 11",
  back: "M9 7 4 12l5 5M4 12h11a5 5 0 0 1 0 10h-2",
  lock: "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2zm1 0V8a4 4 0 0 1 8 0v2.5",
  swap: "M4 8h14l-3.5-3.5M20 16H6l3.5 3.5",
  enter: "M14 4h5v16h-5M3 12h11m-4-4 4 4-4 4",
  leave: "M10 4H5v16h5M9 12h11m-4-4 4 4-4 4",
  spark: "M12 3v5m0 8v5M3 12h5m8 0h5",
  stop: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM6 6l12 12",
  gift: "M4 11h16v9H4zM3 7h18v4H3zm9 0v13m0-13s-1.5-4-3.7-4a2 2 0 0 0 0 4zm0 0s1.5-4 3.7-4a2 2 0 0 1 0 4z",
  chevron: "m9 6 6 6-6 6",
  warn: "M12 4 2.5 20h19zm0 6v4m0 3v.1",
  offline:
    "M3 3l18 18M8.5 16.5a5 5 0 0 1 7 0M5 13a10 10 0 0 1 5-2.7M19 13a10 10 0 0 0-3-2.1M2 9.5a15 15 0 0 1 4-2.6M22 9.5A15 15 0 0 0 11 5.1M12 20v.1",
  download: "M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M5 20h14",
  out: "M9 4H5v16h4m4-12 4 4-4 4m4-4H9",
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof PATHS;

/** A drawing that says nothing to a screen reader: the text beside it does. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
