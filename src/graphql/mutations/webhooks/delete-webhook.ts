import { Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { deleteWebhook } from "../../../use-cases/webhooks/delete-webhook";
import type { Context } from "../../context";
import { CommandInput, Input, Payload, payload } from "../../payload";
import { SeenHistoryEntry, Uuid } from "../inputs";

@InputType({ description: "The input fields of `deleteWebhook`." })
export class DeleteWebhookInput extends CommandInput {
  @Uuid("The UUID of the webhook to delete.")
  webhookId!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `deleteWebhook`.", simpleResolvers: true })
export class DeleteWebhookPayload extends Payload {
  @Field(() => ID, {
    nullable: true,
    description: "The UUID of the deleted webhook; null when the mutation was refused.",
  })
  deletedWebhookId?: string | null;
}

@Resolver()
export class DeleteWebhookMutation {
  @Mutation(() => DeleteWebhookPayload, {
    nullable: true,
    description: "Deletes a webhook with all that it has yet to tell. For staff.",
  })
  deleteWebhook(
    @Input(() => DeleteWebhookInput, "The webhook to delete.")
    input: DeleteWebhookInput,
    @Ctx() context: Context,
  ): Promise<DeleteWebhookPayload> {
    return payload(context, input, async (call, given) => ({
      deletedWebhookId: await deleteWebhook(call, given),
    }));
  }
}
