import { z } from "zod";

/** An instant that may be missing, with any precision and zone; milliseconds are kept. */
export const instantOrNull = z.iso
  .datetime({ offset: true })
  .nullish()
  .transform((text) => (text ? new Date(text) : null));

/** A text that may be missing. */
export const textOrNull = z
  .string()
  .nullish()
  .transform((text) => text || null);

/** The key of a run in a path: all but its slashes is encoded, which some proxies refuse. */
export function inPath(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/");
}
