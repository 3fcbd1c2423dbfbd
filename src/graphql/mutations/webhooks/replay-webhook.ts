import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { replayWebhook } from "../../../use-cases/webhooks/replay-webhook";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { toWebhookView, WebhookView } from "../../types/webhooks/webhook";
import { HistoryEntryId, SeenHistoryEntry, Uuid } from "../inputs";
import { WebhookComments } from "../../types/webhooks/inputs";

@InputType({ description: "The input fields of `replayWebhook`." })
export class ReplayWebhookInput extends CommandInput {
  @Uuid("The UUID of the webhook.")
  webhookId!: string;

  @HistoryEntryId("The id of the history entry from which changes are told again.")
  fromHistoryEntryId!: string;

  @WebhookComments()
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `replayWebhook`.", simpleResolvers: true })
export class ReplayWebhookPayload extends Payload {
  @Changed(() => WebhookView, "webhook")
  webhook?: WebhookView | null;
}

@Resolver()
export class ReplayWebhookMutation {
  @Mutation(() => ReplayWebhookPayload, {
    nullable: true,
    description:
      "Tells a webhook again of all changes from a history entry on, those that were given up among them. For staff.",
  })
  replayWebhook(
    @Input(() => ReplayWebhookInput, "The webhook and the first change that it is told again.")
    input: ReplayWebhookInput,
    @Ctx() context: Context,
  ): Promise<ReplayWebhookPayload> {
    return payload(context, input, async (call, given) => ({
      webhook: toWebhookView(await replayWebhook(call, given)),
    }));
  }
}
