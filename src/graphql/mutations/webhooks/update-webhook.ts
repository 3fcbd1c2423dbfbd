import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { WebhookType } from "../../../entities/webhooks/webhook";
import { updateWebhook } from "../../../use-cases/webhooks/update-webhook";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { toWebhookView, WebhookView } from "../../types/webhooks/webhook";
import { SeenHistoryEntry, Uuid } from "../inputs";
import { WebhookComments, WebhookTypes, WebhookUrl } from "../../types/webhooks/inputs";

@InputType({ description: "The input fields of `updateWebhook`. What is not given stays as it is." })
export class UpdateWebhookInput extends CommandInput {
  @Uuid("The UUID of the webhook.")
  webhookId!: string;

  @WebhookUrl("The address to which messages are sent; it begins with `https://`.", { nullable: true })
  url?: string | null;

  @WebhookTypes("The types of object whose changes are told.")
  entityTypes?: WebhookType[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether messages are sent now. What changes while it is false is told when it is true again.",
  })
  isActive?: boolean | null;

  @Field({
    defaultValue: false,
    description: "Whether a new secret is made, with which messages are signed from now on.",
  })
  makeSecret!: boolean;

  @WebhookComments()
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `updateWebhook`.", simpleResolvers: true })
export class UpdateWebhookPayload extends Payload {
  @Changed(() => WebhookView, "webhook")
  webhook?: WebhookView | null;

  @Field(() => String, {
    nullable: true,
    description: "The new secret, told this once; null when none was made, and in a dry run.",
  })
  secret?: string | null;
}

@Resolver()
export class UpdateWebhookMutation {
  @Mutation(() => UpdateWebhookPayload, {
    nullable: true,
    description: "Changes a webhook, stops it for a while, or makes a new secret. For staff.",
  })
  updateWebhook(
    @Input(() => UpdateWebhookInput, "The webhook and what changes of it.")
    input: UpdateWebhookInput,
    @Ctx() context: Context,
  ): Promise<UpdateWebhookPayload> {
    return payload(context, input, async (call, { url, entityTypes, isActive, ...given }) => {
      const changed = {
        ...given,
        ...(typeof url === "string" && { url }),
        ...(entityTypes && { entityTypes }),
        ...(typeof isActive === "boolean" && { isActive }),
      };
      const { webhook, secret } = await updateWebhook(call, changed);
      return { webhook: toWebhookView(webhook), secret };
    });
  }
}
