import { staff } from "../../auth/who";
import { WebhookChannel } from "../../entities/webhooks/webhook-channel";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { newSecret } from "../../gateways/webhook/signature";
import { command } from "../command";
import {
  lockWebhook,
  requireUrl,
  saveWebhook,
  type WebhookReference,
  type WebhookSettings,
  type WebhookWithSecret,
} from "./webhook";

/** What is not given stays as it is. */
export interface UpdateWebhook extends WebhookReference, Partial<WebhookSettings> {
  comments: string;
  isActive?: boolean;
  /** Whether messages are signed with a new secret from now on. */
  makeSecret: boolean;
}

/** Changes a webhook, stops it for a while, or makes a new secret, which is told this once. */
export const updateWebhook = command(
  "updateWebhook",
  staff,
  async (tx, request, { makeSecret, url, entityTypes, isActive, comments, ...reference }: UpdateWebhook) => {
    const { now, rehearsal } = request;
    if (url !== undefined) requireUrl(request, url);
    const webhook = await lockWebhook(tx, reference);
    const secret = makeSecret ? newSecret() : null;
    if (secret !== null) await tx.update(WebhookChannel, { webhookId: webhook.id }, { secret });
    // What is sent at this moment still ends; the rest waits until the webhook is active again.
    const waiting = { state: "WAITING", nextAttemptAt: null, modifiedAt: now } as const;
    if (isActive === false)
      await tx.update(WebhookDelivery, { webhookId: webhook.id, state: "PENDING" }, waiting);
    const facts = await saveWebhook(
      tx,
      Object.assign(
        webhook,
        url !== undefined && { url },
        entityTypes && { entityTypes: [...new Set(entityTypes)] },
        isActive !== undefined && { isActive },
        secret !== null && { secretMadeAt: now },
        { comments, modifiedAt: now },
      ),
    );
    return { webhook: facts, secret: rehearsal ? null : secret } satisfies WebhookWithSecret;
  },
);
