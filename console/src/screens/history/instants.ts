/** A day, a minute or an instant with its time zone; without one it is that of the reader. */
const FORM = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;
const DAY = 10;

/**
 * The instant that a text means: the beginning of a day in the time zone of the reader, and of the day after it, where
 * the text is a day. Undefined where it is no instant.
 */
export function instantOf(text: string): { from: string; until: string } | undefined {
  const isDay = text.length === DAY;
  const start = new Date(isDay ? `${text}T00:00` : text);
  if (!FORM.test(text) || Number.isNaN(start.getTime())) return undefined;
  const end = new Date(start);
  if (isDay) end.setDate(end.getDate() + 1);
  return { from: start.toISOString(), until: end.toISOString() };
}

/** A day so many days before now, as the search takes it. */
export function dayBefore(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  return [
    String(day.getFullYear()),
    String(day.getMonth() + 1).padStart(2, "0"),
    String(day.getDate()).padStart(2, "0"),
  ].join("-");
}
