import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import type { WebhookOutcome } from "../../gateways/webhook/webhook-sender";
import { feedEntry } from "../../reads/feed/feed";
import { receiverOf } from "../../reads/webhooks/webhooks";
import { ATTEMPTS_END_MS } from "../../rules/attempt-rules";
import { pauseEnd } from "../attempts/lease";
import type { Outbox } from "../attempts/outbox";
import { messageIdOf, messageOf } from "./message";

/** Changes that the receivers of webhooks have yet to be told of. */
export const DELIVERIES: Outbox<WebhookDelivery, WebhookOutcome> = {
  entity: WebhookDelivery,
  endsAt: ({ createdAt }) => createdAt.getTime() + ATTEMPTS_END_MS,
  deadlineMs: ({ config }) => config.webhooks.deadlineMs,
  isPaused: () => false,
  faultKey: ({ historyId }) => historyId,
  abandoned: { state: "DEAD" },

  async call(app, { webhookId, historyId }, requestId) {
    const receiver = await receiverOf(app.db, webhookId);
    const entry = await feedEntry(app.db, historyId);
    if (!receiver?.isActive || !entry) return null;
    const message = { id: messageIdOf(entry), sentAt: app.clock(), json: messageOf(entry), requestId };
    return app.webhooks.deliver({ ...receiver, ...message });
  },

  async settle(tx, app, attempted, { isReceived, detail }) {
    const delivery = await tx.findOne(WebhookDelivery, {
      where: { id: attempted.id },
      lock: { mode: "pessimistic_write" },
    });
    if (!delivery) return null;
    if (isReceived) {
      await tx.remove(delivery);
      return null;
    }
    if (delivery.attempt !== attempted.attempt) return delivery;
    app.log.warn(
      { webhookId: delivery.webhookId, entry: delivery.historyId, detail },
      "a webhook could not be told",
    );
    const isStill = delivery.state === "PENDING"; // it waits when the webhook was stopped meanwhile
    const nextAttemptAt = isStill
      ? await pauseEnd(tx, attempted.attempt, app.config.webhooks.deadlineMs)
      : null;
    return tx.save(Object.assign(delivery, { detail, nextAttemptAt, modifiedAt: app.clock() }));
  },
};
