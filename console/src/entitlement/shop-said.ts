import { t } from "../words/words";

/** What shops are known to answer; anything else is shown as it came. */
const KNOWN = ["LINE_ALREADY_REFUNDED", "ORDER_NOT_REFUNDABLE"] as const;

/** Why a refund stands as it does, as the shop or a command has told it. */
export function shopSaid(detail: string): string {
  if (detail.startsWith("told by ")) return t("refunds.told");
  const known = KNOWN.find((code) => code === detail);
  return t("refunds.detail", { detail: known ? `${t(`shopSaid.${known}`)} (${known})` : detail });
}
