import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { WEBHOOK_TYPES, type WebhookType } from "../../../entities/webhooks/webhook";
import { createWebhook } from "../../../use-cases/webhooks/create-webhook";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { toWebhookView, WebhookView } from "../../types/webhooks/webhook";
import { WebhookComments, WebhookTypes, WebhookUrl } from "../../types/webhooks/inputs";

@InputType({ description: "The input fields of `createWebhook`." })
export class CreateWebhookInput extends CommandInput {
  @WebhookUrl("The address to which messages are sent; it begins with `https://`.")
  url!: string;

  @WebhookTypes("The types of object whose changes are told; entitlements and refunds without it.")
  entityTypes?: WebhookType[] | null;

  @WebhookComments()
  comments!: string;
}

@ObjectType({ description: "The result of `createWebhook`.", simpleResolvers: true })
export class CreateWebhookPayload extends Payload {
  @Changed(() => WebhookView, "webhook")
  webhook?: WebhookView | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The secret with which messages are signed, told this once; null when the mutation was refused, and in a dry run.",
  })
  secret?: string | null;
}

@Resolver()
export class CreateWebhookMutation {
  @Mutation(() => CreateWebhookPayload, {
    nullable: true,
    description: "Has another system told of changes from now on, by signed messages. For staff.",
  })
  createWebhook(
    @Input(() => CreateWebhookInput, "The address and what it is told.")
    input: CreateWebhookInput,
    @Ctx() context: Context,
  ): Promise<CreateWebhookPayload> {
    return payload(context, input, async (call, { entityTypes, ...given }) => {
      const settings = { ...given, entityTypes: entityTypes ?? WEBHOOK_TYPES };
      const { webhook, secret } = await createWebhook(call, settings);
      return { webhook: toWebhookView(webhook), secret };
    });
  }
}
