import { LANGUAGE } from "./language";
import { t } from "./words";

const FORMS = {
  day: new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" }),
  minute: new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }),
  second: new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "medium" }),
};
/** How exactly an instant is told, in the time zone of the reader. */
export type Exactness = keyof typeof FORMS;

const inUtc = new Intl.DateTimeFormat(LANGUAGE, {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
const inNumbers = new Intl.RelativeTimeFormat(LANGUAGE);
/** Says “tomorrow” for “in 1 day”. */
const inWords = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });

const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** An instant in the time zone of the reader. */
export const tell = (instant: string | number, exactness: Exactness): string =>
  FORMS[exactness].format(new Date(instant));

/** An instant in UTC, to the second. */
export const tellUtc = (instant: string | number): string => `${inUtc.format(new Date(instant))} UTC`;

/** The number of the calendar day of an instant in the time zone of the reader. */
const dayOf = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;

/** How far an instant is from another, as “3 days ago”. */
export function distance(instant: string | number, from = Date.now()): string {
  const seconds = (new Date(instant).getTime() - from) / 1_000;
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= (unit === "year" ? 2 * size : size))
      return unit === "day"
        ? inWords.format(dayOf(new Date(instant)) - dayOf(new Date(from)), unit)
        : inNumbers.format(Math.trunc(seconds / size), unit);
  return inWords.format(Math.trunc(seconds), "second");
}

/** When another system is asked again; what is due is asked by the next sweep. */
export const askedAgain = (due: string, now: number): string =>
  Date.parse(due) > now ? t("refunds.again", { when: distance(due, now) }) : t("refunds.due");
