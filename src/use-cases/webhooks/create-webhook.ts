import type { EntityManager } from "typeorm";
import { staff } from "../../auth/who";
import { Webhook } from "../../entities/webhooks/webhook";
import { WebhookChannel } from "../../entities/webhooks/webhook-channel";
import { newSecret } from "../../gateways/webhook/signature";
import { logEnd } from "../../reads/feed/placed";
import { Refusal } from "../../refusal";
import { WEBHOOKS_AT_MOST } from "../../rules/webhook-rules";
import { act, commandInSteps, type CommandRequest } from "../command";
import { requireUrl, saveWebhook, type WebhookSettings, type WebhookWithSecret } from "./webhook";

/** Has another system told of changes from now on. Its secret is told this once. */
export const createWebhook = commandInSteps(
  "createWebhook",
  staff,
  async (request, given: WebhookSettings) => {
    requireUrl(request, given.url);
    await request.app.committer.settle(); // outside the transaction, as it takes a connection of its own
    return act(request, (tx) => create(tx, request, given));
  },
);

async function create(
  tx: EntityManager,
  { now, rehearsal }: CommandRequest,
  { url, entityTypes, comments }: WebhookSettings,
): Promise<WebhookWithSecret> {
  if ((await tx.count(Webhook)) >= WEBHOOKS_AT_MOST)
    throw new Refusal("WEBHOOKS_TOO_MANY", `There are ${WEBHOOKS_AT_MOST} webhooks already.`);
  const logPosition = String(BigInt((await logEnd(tx)).size) - 1n);
  const webhook = await saveWebhook(tx, {
    url,
    entityTypes: [...new Set(entityTypes)],
    isActive: true,
    comments,
    secretMadeAt: now,
    replayedFrom: null,
    testedAt: null,
    createdAt: now,
    modifiedAt: now,
  });
  const secret = newSecret();
  await tx.insert(WebhookChannel, { webhookId: webhook.id, secret, position: "0", logPosition });
  return { webhook, secret: rehearsal ? null : secret };
}
