import { staff } from "../../auth/who";
import { command } from "../command";
import { lockWebhook, type WebhookReference } from "./webhook";

/** Deletes a webhook with all that it has yet to tell, and returns its id. */
export const deleteWebhook = command(
  "deleteWebhook",
  staff,
  async (tx, _, reference: WebhookReference): Promise<string> => {
    await tx.remove(await lockWebhook(tx, reference));
    return reference.webhookId;
  },
);
