import type { CatalogRun, LiveRun, LmsMode } from "../../gateways/open-edx/catalog-gateway";
import { withoutUnstorable } from "../../store/texts";

/** The most that a name, a title or a key may have, in characters. */
const TEXT_AT_MOST = 255;
const SLUG_AT_MOST = 100;
const CURRENCY_AT_MOST = 8;
const INTEGER_AT_MOST = 2 ** 31 - 1;

/** A text as it can be stored: without its end where it is too long, and without characters that cannot be. */
export function storableText<T extends string | null>(text: T, most = TEXT_AT_MOST): T {
  // again at the end, where a character of two halves may have been cut
  return (text && withoutUnstorable(withoutUnstorable(text).slice(0, most))) as T;
}

/** Whether a name can be stored as it is. */
export function isStorable(name: string, most = TEXT_AT_MOST): boolean {
  return name === storableText(name, most);
}

/** The modes of a run that can be stored. */
export function storableModes({ key, modes }: CatalogRun | LiveRun) {
  return modes
    .filter(({ slug, currency, minPrice }) => {
      const isPrice = minPrice >= 0 && minPrice <= INTEGER_AT_MOST;
      return isPrice && isStorable(slug, SLUG_AT_MOST) && isStorable(currency, CURRENCY_AT_MOST);
    })
    .map((mode: LmsMode) => ({
      ...mode,
      courseRunKey: key,
      sku: storableText(mode.sku),
      expiresAt: storableInstant(mode.expiresAt),
    }));
}

/** What a run is, as it can be stored; its modes are stored apart. */
export function storableRun(run: CatalogRun | LiveRun) {
  const told = {
    ...run,
    title: storableText(run.title),
    startsAt: storableInstant(run.startsAt),
    endsAt: storableInstant(run.endsAt),
    enrollmentStartsAt: storableInstant(run.enrollmentStartsAt),
    enrollmentEndsAt: storableInstant(run.enrollmentEndsAt),
  };
  return "courseUuid" in run ? { ...told, ...storableWords(run) } : told;
}

function storableWords({ org, number, levelType, imageUrl, marketingUrl }: CatalogRun) {
  return {
    org: storableText(org),
    number: storableText(number),
    levelType: storableText(levelType),
    imageUrl: storableText(imageUrl, Infinity),
    marketingUrl: storableText(marketingUrl, Infinity),
  };
}

/** An instant that can be stored: null for one outside the years 1 to 9999. */
export function storableInstant(instant: Date | null): Date | null {
  const year = instant?.getUTCFullYear() ?? 0;
  return year >= 1 && year <= 9999 ? instant : null;
}
