import { z } from "zod";

/** An entitlement in the form of the API, as this service or the LMS lists it. */
export interface Listed {
  /** The id, in small letters. */
  uuid: string;
  [key: string]: unknown;
}

/** What is known here beside the list. */
export interface Lapses {
  /** The entitlements whose expiry follows from their age, be it stored or due. */
  lapsed: ReadonlySet<string>;
  /** Those of them whose expiry is due and not stored. */
  due: ReadonlySet<string>;
}

/** Why lists may differ although nothing is wrong. */
export const KNOWN = {
  EXPIRY_WRITTEN:
    "expired_at and modified: the expiry is over by age, which the LMS stores on a read and we by the hourly job",
  DUE: "expired_at: the expiry is due, and stored on neither side yet",
  SUPPORT_DETAILS: "support_details: an action in other letters, or more than the 100 that are shown here",
  ORDER: "the order of the list: ours is by age, and the LMS has none",
} as const;

/** A difference of an entitlement between two lists. */
export interface Difference {
  /** The id of the entitlement. */
  uuid: string;
  /** The key that differs, or what differs. */
  what: string;
  /** Null where it is not explained. */
  known: keyof typeof KNOWN | null;
}

const INSTANT = /^\d{4}-\d\d-\d\dT.*Z$/;
/** We keep milliseconds, and the LMS microseconds. */
const PRECISION_MS = 1;
/** So many support details are shown here. */
const DETAILS_SHOWN = 100;

/** The differences between the list of a learner here and that of the LMS. */
export function differences(here: readonly Listed[], there: readonly Listed[], lapses: Lapses): Difference[] {
  const told = new Map(there.map((each) => [each.uuid, each]));
  const known = new Set(here.map(({ uuid }) => uuid));
  const ours = here.flatMap((one): Difference[] => {
    const other = told.get(one.uuid);
    const missing = { uuid: one.uuid, what: "the LMS does not have it", known: null };
    return other ? differencesOf(one, other, lapses) : [missing];
  });
  const theirs = there
    .filter(({ uuid }) => !known.has(uuid))
    .map(({ uuid }): Difference => ({ uuid, what: "only the LMS has it", known: null }));
  const orders = [here, there].map((list) =>
    list.map(({ uuid }) => uuid).filter((uuid) => known.has(uuid) && told.has(uuid)),
  );
  const moved = orders[0]!.find((uuid, place) => uuid !== orders[1]![place]);
  const order: Difference[] = moved ? [{ uuid: moved, what: "order", known: "ORDER" }] : [];
  return [...ours, ...theirs, ...order];
}

function differencesOf(here: Listed, there: Listed, { lapsed, due }: Lapses): Difference[] {
  const { uuid } = here;
  const keys = [...new Set([...Object.keys(here), ...Object.keys(there)])];
  const differing = keys.filter((key) => !isSame(here[key], there[key]));
  const isExpiryWritten = lapsed.has(uuid) && differing.includes("expired_at");
  const found = differing.map((what): Difference => {
    if (isExpiryWritten && (what === "expired_at" || what === "modified"))
      return { uuid, what, known: "EXPIRY_WRITTEN" };
    const isShown = what === "support_details" && areDetailsAlike(here[what], there[what]);
    return { uuid, what, known: isShown ? "SUPPORT_DETAILS" : null };
  });
  return due.has(uuid) && there["expired_at"] === null
    ? [...found, { uuid, what: "expired_at", known: "DUE" }]
    : found;
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === "string" && typeof other === "string" && INSTANT.test(one) && INSTANT.test(other))
    return Math.abs(Date.parse(one) - Date.parse(other)) <= PRECISION_MS;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  const [ours, theirs] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...keys].every((key) => isSame(ours[key], theirs[key]));
}

/** Whether support details differ only in the letters of their actions and in how many are shown. */
function areDetailsAlike(here: unknown, there: unknown): boolean {
  const details = z.array(z.looseObject({ action: z.string().toUpperCase() }));
  const [ours, theirs] = [here, there].map((list) => details.safeParse(list).data?.slice(0, DETAILS_SHOWN));
  return ours !== undefined && isSame(ours, theirs);
}
