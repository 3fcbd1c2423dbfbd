import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { testWebhook } from "../../../use-cases/webhooks/test-webhook";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { toWebhookView, WebhookView } from "../../types/webhooks/webhook";
import { Uuid } from "../inputs";

@InputType({ description: "The input fields of `testWebhook`." })
export class TestWebhookInput extends CommandInput {
  @Uuid("The UUID of the webhook.")
  webhookId!: string;
}

@ObjectType({ description: "The result of `testWebhook`.", simpleResolvers: true })
export class TestWebhookPayload extends Payload {
  @Changed(() => WebhookView, "webhook")
  webhook?: WebhookView | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the message was received: it was answered with a status from 200 to 299. Null when the mutation was refused, and in a dry run.",
  })
  isReceived?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The status of the answer to the message, or the cause of the failure in one word; null when the mutation was refused, and in a dry run.",
  })
  detail?: string | null;
}

@Resolver()
export class TestWebhookMutation {
  @Mutation(() => TestWebhookPayload, {
    nullable: true,
    description: "Sends the receiver of a webhook one signed message of the type `webhook.test`. For staff.",
  })
  testWebhook(
    @Input(() => TestWebhookInput, "The webhook to test.")
    input: TestWebhookInput,
    @Ctx() context: Context,
  ): Promise<TestWebhookPayload> {
    return payload(context, input, async (call, given) => {
      const { webhook, answer } = await testWebhook(call, given);
      return { webhook: toWebhookView(webhook), ...answer };
    });
  }
}
