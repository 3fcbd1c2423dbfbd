import { t } from "../words/words";
import type { Command } from "./commands";
import { Resolve } from "./documents";

/** The command to decide a refund that the server cannot find out. */
export function decide(refundId: string): Command {
  return {
    name: "resolveRefund",
    icon: "refund",
    label: t("resolve.label"),
    title: t("resolve.title"),
    lead: t("resolve.lead"),
    document: Resolve,
    input: { refundId },
    questions: [
      {
        kind: "choice",
        field: "outcome",
        label: t("resolve.outcome"),
        options: (["SUCCEEDED", "FAILED"] as const).map((value) => ({
          value,
          label: t(`resolve.${value}`),
          hint: t(`resolve.${value}Hint`),
        })),
      },
    ],
    comments: "comments",
    isGuarded: false,
  };
}
