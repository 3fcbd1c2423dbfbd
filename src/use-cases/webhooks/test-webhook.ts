import { staff } from "../../auth/who";
import type { WebhookOutcome } from "../../gateways/webhook/webhook-sender";
import { receiverOf, type WebhookFacts } from "../../reads/webhooks/webhooks";
import { act, commandInSteps } from "../command";
import { lockWebhook, saveWebhook, webhookNotFound } from "./webhook";

/** Sends the receiver of a webhook a message that tells of nothing. In a dry run there is no answer, as none is sent. */
export const testWebhook = commandInSteps(
  "testWebhook",
  staff,
  async (
    request,
    { webhookId }: { webhookId: string },
  ): Promise<{ webhook: WebhookFacts; answer: WebhookOutcome | null }> => {
    const { app, now, requestId, rehearsal } = request;
    const receiver = await receiverOf(app.db, webhookId);
    if (!receiver) throw webhookNotFound();
    const webhook = await act(request, async (tx) =>
      saveWebhook(
        tx,
        Object.assign(await lockWebhook(tx, { webhookId }), { testedAt: now, modifiedAt: now }),
      ),
    );
    if (rehearsal) return { webhook, answer: null };
    const json = JSON.stringify({ type: "webhook.test", timestamp: now.toISOString(), data: { webhookId } });
    const id = `test-${webhookId}-${now.getTime()}`;
    return { webhook, answer: await app.webhooks.deliver({ ...receiver, id, sentAt: now, json, requestId }) };
  },
);
