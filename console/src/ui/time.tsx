import { distance, tell, tellUtc, type Exactness } from "../words/dates";

/** An instant as the reader tells it, with UTC at hand. */
export function Time({ at, as }: { at: string; as: Exactness | "distance" }) {
  return (
    <time dateTime={at} title={tellUtc(at)}>
      {as === "distance" ? distance(at) : tell(at, as)}
    </time>
  );
}
