import type { Messages } from "./catalog";
import { ENGLISH } from "./english";
import { GERMAN } from "./german";

/** Every language that there is a translation for. The first is for those who ask for none of them. */
export const LANGUAGES = { en: ENGLISH, de: GERMAN } as const satisfies Record<string, Messages>;
export type Language = keyof typeof LANGUAGES;

const DEFAULT: Language = "en";
/** What a browser sends is far shorter. */
const RANGES_AT_MOST = 20;

/**
 * The language that the header `Accept-Language` of a request wants most, of those that there is a translation for:
 * a region is left out, so that `de-AT` is German. What cannot be understood counts as not said.
 */
export function languageOf(acceptLanguage: string | string[] | undefined): Language {
  if (typeof acceptLanguage !== "string") return DEFAULT;
  const wanted = acceptLanguage.split(",", RANGES_AT_MOST).flatMap((range) => {
    const [tag, weight = "q=1"] = range.split(";", 2).map((part) => part.trim().toLowerCase());
    const name = tag === "*" ? DEFAULT : tag?.split("-", 1)[0];
    const quality = /^q=(\d(?:\.\d{0,3})?)$/.exec(weight)?.[1];
    return isLanguage(name) && quality !== undefined ? [{ language: name, quality: Number(quality) }] : [];
  });
  const best = wanted.reduce((first, next) => (next.quality > first.quality ? next : first), {
    language: DEFAULT,
    quality: 0,
  });
  return best.language;
}

function isLanguage(name: string | undefined): name is Language {
  return name !== undefined && Object.hasOwn(LANGUAGES, name);
}
