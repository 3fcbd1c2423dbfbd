import { baseUrl, flag, oneOf, textLike, webUrl, whole } from "../setting-kinds";

/** The settings of which shop refunds orders, and how it is reached. */
export function refundSettings(isProduction: boolean) {
  return {
    REFUND_SHOP: oneOf("embedded", "coordinator", "webhook", "none")
      .default(isProduction ? "none" : "embedded")
      .describe(
        "The shop that refunds orders: `coordinator` is commerce-coordinator, `webhook` is a shop of your own that is sent signed requests, `embedded` is a stand-in that refunds nothing and is not allowed in production, `none` refunds nothing, and entitlements then have the `refundBlocker` `REFUNDS_NOT_HANDLED`.",
      ),
    REFUND_DEADLINE_MS: whole(50, 30_000)
      .default(5_000)
      .describe(
        "How long the shop may take to answer, in milliseconds; leases and pauses between attempts are multiples of it.",
      ),
    COORDINATOR_URL: baseUrl
      .optional()
      .describe("The address of commerce-coordinator; required when `REFUND_SHOP` is `coordinator`."),
    COORDINATOR_KEYED: flag
      .default(false)
      .describe(
        "Whether that shop honors the header `Idempotency-Key`; commerce-coordinator does not need it.",
      ),
    REFUND_WEBHOOK_URL: webUrl
      .optional()
      .describe(
        "The address where your own shop takes requests for refunds; required when `REFUND_SHOP` is `webhook`.",
      ),
    REFUND_WEBHOOK_SECRET: textLike(
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
      "whsec_ and at least 24 bytes in base64",
    )
      .optional()
      .describe(
        "What signs these requests, which the shop knows too; it goes together with `REFUND_WEBHOOK_URL`.",
      ),
  };
}
