import { t } from "../words/words";

/** What shops are known to answer; anything else is shown as it came. */
const KNOWN = ["LINE_ALREADY_REFUNDED", "ORDER_NOT_REFUNDABLE"] as const;

const isToldByCommand = (detail: string) => detail.startsWith("told by ");

/** The detail of a refund in words: an answer that shops are known to give, a command, or the text as it came. */
export function detailWords(detail: string): string {
  if (isToldByCommand(detail)) return t("refunds.told");
  const known = KNOWN.find((code) => code === detail);
  return known ? `${t(`shopSaid.${known}`)} (${known})` : detail;
}

/** Why a refund stands as it does, as the shop or a command has told it. */
export function shopSaid(detail: string): string {
  const words = detailWords(detail);
  return isToldByCommand(detail) ? words : t("refunds.detail", { detail: words });
}
