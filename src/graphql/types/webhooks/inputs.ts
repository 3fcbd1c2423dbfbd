import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional } from "class-validator";
import { Field } from "type-graphql";
import { WEBHOOK_TYPES } from "../../../entities/webhooks/webhook";
import { TrackedTypeEnum } from "../../history-enums";
import { atMost, IsText } from "../../inputs";

/** An input field with the types of object whose changes a webhook tells. */
export function WebhookTypes(description: string): PropertyDecorator {
  const decorators = [
    Field(() => [TrackedTypeEnum], { nullable: true, description }),
    IsOptional(),
    ArrayNotEmpty({ message: "must not be empty" }),
    ArrayMaxSize(WEBHOOK_TYPES.length, atMost(WEBHOOK_TYPES.length)),
    IsIn(WEBHOOK_TYPES, { each: true, message: `must hold ${WEBHOOK_TYPES.join(" or ")}` }),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** An input field with the address of a webhook, which may be left out where it is `nullable`. */
export function WebhookUrl(description: string, { nullable = false } = {}): PropertyDecorator {
  const decorators = [
    Field(() => String, { nullable, description }),
    IsText(2_000),
    ...(nullable ? [IsOptional()] : []),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** An input field with the words in which staff say why they change a webhook. */
export function WebhookComments(): PropertyDecorator {
  const description = "The comments about the reason, from 1 to 2000 characters; history keeps them.";
  return (target, property) => {
    Field(() => String, { description })(target, property);
    IsText(2_000)(target, property);
  };
}
