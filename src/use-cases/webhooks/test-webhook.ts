import { staff } from "../../auth/who";
import type { WebhookOutcome } from "../../gateways/webhook/webhook-sender";
import { receiverOf, type WebhookFacts } from "../../reads/webhooks/webhooks";
import { act, commandInSteps } from "../command";
import { lockWebhook, saveWebhook } from "./webhook";

/** Sends the receiver of a webhook a message that tells of nothing. In a dry run there is no answer, as none is sent. */
export const testWebhook = commandInSteps(
  "testWebhook",
  staff,
  async (
    request,
    { webhookId }: { webhookId: string },
  ): Promise<{ webhook: WebhookFacts; answer: WebhookOutcome | null }> => {
    const { app, now, requestId, rehearsal } = request;
    const { webhook, receiver } = await act(request, async (tx) => {
      const locked = await lockWebhook(tx, { webhookId });
      const tested = await saveWebhook(tx, Object.assign(locked, { testedAt: now, modifiedAt: now }));
      return { webhook: tested, receiver: (await receiverOf(tx, webhookId))! };
    });
    if (rehearsal) return { webhook, answer: null };
    const json = JSON.stringify({ type: "webhook.test", timestamp: now.toISOString(), data: { webhookId } });
    const id = `test-${webhookId}-${now.getTime()}`;
    return { webhook, answer: await app.webhooks.deliver({ ...receiver, id, sentAt: now, json, requestId }) };
  },
);
