import type { EntityManager } from "typeorm";
import { staff } from "../../auth/who";
import { placeFromId } from "../../reads/feed/placed";
import type { WebhookFacts } from "../../reads/webhooks/webhooks";
import { Refusal } from "../../refusal";
import { act, commandInSteps, type CommandRequest } from "../command";
import { lockWebhook, saveWebhook, type WebhookReference } from "./webhook";

/** From which change on, and why. */
export interface ReplayWebhook extends WebhookReference {
  /** The id of the first history entry that is told again. */
  fromHistoryEntryId: string;
  comments: string;
}

/** Tells the receiver of a webhook again of all changes from an entry on, those that were given up among them. */
export const replayWebhook = commandInSteps(
  "replayWebhook",
  staff,
  async (request, given: ReplayWebhook): Promise<WebhookFacts> => {
    await request.app.committer.settle(); // outside the transaction, as it takes a connection of its own
    return act(request, (tx) => replay(tx, request, given));
  },
);

async function replay(
  tx: EntityManager,
  { now }: CommandRequest,
  { fromHistoryEntryId: from, comments, ...reference }: ReplayWebhook,
): Promise<WebhookFacts> {
  const first = await placeFromId(tx, from);
  if (!first)
    throw new Refusal("HISTORY_ENTRY_NOT_FOUND", "No history entry has this id yet.", {
      field: "fromHistoryEntryId",
    });
  const webhook = await lockWebhook(tx, reference);
  await tx.query(
    `update webhook_channel set position = least(position, $2::bigint - 1),
       log_position = case when log_position is not null then least(log_position, $3::bigint - 1) end
     where webhook_id = $1`,
    [webhook.id, from, first.position],
  );
  return saveWebhook(tx, Object.assign(webhook, { replayedFrom: from, comments, modifiedAt: now }));
}
