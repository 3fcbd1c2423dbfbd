import type { DataSource } from "typeorm";
import type { Config } from "../config";
import { Rate } from "../auth/rate";
import { clientCredentials } from "../gateways/client-credentials";
import { embeddedOpenEdx } from "../gateways/open-edx/embedded/embedded-open-edx";
import { httpOpenEdx } from "../gateways/open-edx/http/http-open-edx";
import type { OpenEdx } from "../gateways/open-edx/open-edx";
import { EmbeddedRefundGateway } from "../gateways/refund/embedded";
import { HttpRefundGateway } from "../gateways/refund/coordinator";
import { NoRefundGateway } from "../gateways/refund/none";
import { WebhookRefundGateway } from "../gateways/refund/webhook";
import type { RefundGateway, Refunds } from "../gateways/refund/refund-gateway";
import { SparedShop } from "../gateways/refund/spared-shop";
import { WebhookSender } from "../gateways/webhook/webhook-sender";

/** The installation of LMS_URL, or our own tables. */
export function composeOpenEdx({ lms, oauth }: Config, db: DataSource, clock: () => Date): OpenEdx {
  if (!lms || !oauth) return embeddedOpenEdx((text, values) => db.query(text, [...values]), clock);
  const { deadlineMs } = lms;
  return httpOpenEdx({ ...lms, authorization: clientCredentials({ ...oauth, deadlineMs }), clock });
}

/** The shop of REFUND_SHOP, spared while it does not answer. */
export function composeRefunds(config: Config, db: DataSource, clock: () => Date): Refunds {
  return new SparedShop(refundGateway(config, db, clock), 2 * config.refund.deadlineMs, clock);
}

/** What sends the messages of webhooks. */
export function composeWebhooks({ webhooks: { deadlineMs, arePrivateAllowed } }: Config): WebhookSender {
  return new WebhookSender(deadlineMs, arePrivateAllowed);
}

/** Counts refunds by the limits of the settings. */
export function composeRefundRate({ refundsPerHour }: Config): Rate {
  return new Rate({ what: "refunds", span: "an hour", spanMs: 3_600_000, ...refundsPerHour });
}

function refundGateway({ refund, oauth }: Config, db: DataSource, clock: () => Date): RefundGateway {
  const { shop, deadlineMs, coordinatorUrl: baseUrl, isKeyed, webhook } = refund;
  if (shop === "embedded")
    return new EmbeddedRefundGateway((text, values) => db.query(text, [...values]), deadlineMs);
  if (shop === "webhook") return new WebhookRefundGateway({ ...webhook, deadlineMs, clock });
  if (shop === "none") return new NoRefundGateway();
  const authorization = oauth && clientCredentials({ ...oauth, deadlineMs });
  return new HttpRefundGateway({ baseUrl, isKeyed, authorization, deadlineMs });
}
