/** The languages of the console, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
/** One of `LANGUAGES`. */
export type Language = keyof typeof LANGUAGES;

const KEPT = "entitlements.language";

const isKnown = (language: string | null): language is Language =>
  language !== null && Object.hasOwn(LANGUAGES, language);

/** The language of this page: the one that the reader has chosen, or else the first of the browser that there is. */
export const LANGUAGE: Language =
  [localStorage.getItem(KEPT), ...navigator.languages.map((each) => each.split("-")[0]!)].find(isKnown) ??
  "en";

/** Shows the console in another language from now on, in this browser. */
export function speak(language: Language): void {
  localStorage.setItem(KEPT, language);
  location.reload();
}
