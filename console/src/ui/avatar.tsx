import { pick } from "./pick";

const COLORS = 5;

/** The first letter of a username on a color of its own; the name itself stands beside it. */
export function Avatar({ name, isLarge = false }: { name: string; isLarge?: boolean }) {
  const color = pick(name, COLORS);
  return (
    <span
      className={`avatar avatar-${color}${isLarge ? " avatar-large" : ""}`}
      data-letter={name.slice(0, 1).toUpperCase()}
      aria-hidden="true"
    />
  );
}
