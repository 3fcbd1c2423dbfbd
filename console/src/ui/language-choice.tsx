import { LANGUAGE, LANGUAGES, speak, type Language } from "../words/language";
import { t } from "../words/words";

/** Where a reader chooses the language of the console. */
export function LanguageChoice() {
  return (
    <select
      className="language"
      aria-label={t("app.language")}
      value={LANGUAGE}
      onChange={({ target }) => speak(target.value as Language)}
    >
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <option key={language} value={language} lang={language}>
          {name}
        </option>
      ))}
    </select>
  );
}
