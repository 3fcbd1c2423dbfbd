import type { BulkFoundFragment, EntitlementState } from "../../gql/graphql";

/** So many ids and orders can be pasted. */
export const AT_MOST = 1_000;
/** So many entitlements go into one mutation: few enough that the progress is seen and that a stop comes soon. */
export const BATCH = 50;

/**
 * What has become of a row: found but not tried yet; not found; what the server said; or no answer came, so that it may
 * have been done.
 */
export type Outcome =
  "WAITING" | "NOT_FOUND" | "CHANGED" | "UNCHANGED" | "REFUSED" | "FAILED" | "NOT_REACHED" | "NO_ANSWER";

/** The outcomes in the order in which they are told. */
export const OUTCOMES: readonly Outcome[] = [
  "CHANGED",
  "REFUSED",
  "FAILED",
  "NO_ANSWER",
  "NOT_REACHED",
  "WAITING",
  "UNCHANGED",
  "NOT_FOUND",
];

/** What can be tried again, because nothing has forbidden it. */
const OPEN = new Set<Outcome>(["FAILED", "NO_ANSWER", "NOT_REACHED", "WAITING"]);

/** One of the entitlements that were pasted, or what names none. */
export interface Row {
  /** The id or the order as it was pasted. */
  given: string;
  /** The entitlement; null where there is none. */
  found: BulkFoundFragment | null;
  outcome: Outcome;
  /** The state in which it is afterwards, or would be; null where nothing would change. */
  after: EntitlementState | null;
  /** Why, in words; null where there is nothing to say. */
  why: string | null;
}

/** What copying from other programs leaves behind and nobody sees. */
const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF]/g;
/** No order has a longer number. */
const ORDER_AT_MOST = 128;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The ids and orders in a text, each once, as they are separated by spaces, commas, semicolons or lines. */
export function readGiven(text: string): { all: string[]; ids: string[]; orders: string[] } {
  const words = text
    .replaceAll(INVISIBLE, "")
    .split(/[\s,;]+/)
    .filter(Boolean);
  const lower = words.map((word) => (UUID.test(word.toLowerCase()) ? word.toLowerCase() : word));
  const all = [...new Set(lower)];
  return {
    all,
    ids: all.filter((each) => UUID.test(each)),
    orders: all.filter((each) => !UUID.test(each) && each.length <= ORDER_AT_MOST),
  };
}

/** The rows for what was pasted, in its order: an order has a row for each of its entitlements. */
export function rowsFor(all: readonly string[], found: readonly BulkFoundFragment[]): Row[] {
  const seen = new Set<string>();
  return all.flatMap((given): Row[] => {
    const own = found.filter(({ id, orderNumber }) => id === given || orderNumber === given);
    const news = own.filter(({ id }) => !seen.has(id));
    for (const { id } of news) seen.add(id);
    if (own.length === 0) return [{ given, found: null, outcome: "NOT_FOUND", after: null, why: null }];
    return news.map((each) => ({ given, found: each, outcome: "WAITING", after: null, why: null }));
  });
}

/** The rows that can be tried, or tried again. */
export const openRows = (rows: readonly Row[]): Row[] => rows.filter(({ outcome }) => OPEN.has(outcome));

/** How many rows have each outcome. */
export const countsOf = (rows: readonly Row[]): Map<Outcome, number> =>
  new Map(
    OUTCOMES.map(
      (outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length] as const,
    ).filter(([, count]) => count > 0),
  );

/** A list in parts of at most some size. */
export const inParts = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  );
