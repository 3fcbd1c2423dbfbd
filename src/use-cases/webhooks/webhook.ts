import type { EntityManager } from "typeorm";
import { Webhook, type WebhookType } from "../../entities/webhooks/webhook";
import { webhooksById, type WebhookFacts } from "../../reads/webhooks/webhooks";
import { Refusal } from "../../refusal";
import { urlFault } from "../../rules/webhook-rules";
import type { CommandRequest } from "../command";
import { refuseChanged, type Seen } from "../seen";

/** Which webhook, as the caller has seen it. */
export interface WebhookReference extends Seen {
  webhookId: string;
}

/** Where a webhook sends, what it tells, and why. */
export interface WebhookSettings {
  url: string;
  /** The types of object whose changes it tells of; at least one. */
  entityTypes: readonly WebhookType[];
  comments: string;
}

/** A webhook and its secret, where that is told: only to whoever has it made. */
export interface WebhookWithSecret {
  webhook: WebhookFacts;
  /** Null where none was made, and in a dry run. */
  secret: string | null;
}

/** Locks a webhook that is about to change. */
export async function lockWebhook(tx: EntityManager, reference: WebhookReference): Promise<Webhook> {
  const { webhookId: id, ...seen } = reference;
  const webhook = await tx.findOne(Webhook, { where: { id }, lock: { mode: "for_no_key_update" } });
  if (!webhook) throw webhookNotFound();
  await refuseChanged(tx, "webhook", id, seen);
  return webhook;
}

/** The refusal of a command on a webhook that is gone. */
function webhookNotFound(): Refusal {
  return new Refusal("WEBHOOK_NOT_FOUND", "This webhook does not exist.", { field: "webhookId" });
}

/** Refuses an address to which no message may be sent. */
export function requireUrl({ app }: CommandRequest, url: string): void {
  const fault = urlFault(url, app.config.webhooks.arePrivateAllowed);
  if (fault) throw new Refusal("WEBHOOK_URL_INVALID", `The address ${fault}.`, { field: "url" });
}

/** Writes a webhook and returns how it stands now. */
export async function saveWebhook(tx: EntityManager, webhook: Partial<Webhook>): Promise<WebhookFacts> {
  const { id } = await tx.save(Webhook, webhook);
  return (await webhooksById(tx, [id]))[0]!;
}
