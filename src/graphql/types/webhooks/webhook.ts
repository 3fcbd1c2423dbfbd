import { Field, ID, Int, ObjectType } from "type-graphql";
import type { WebhookType } from "../../../entities/webhooks/webhook";
import type { DeadLetter, WebhookFacts } from "../../../reads/webhooks/webhooks";
import { TrackedTypeEnum } from "../../history-enums";
import { connectionType } from "../../pages/connection";
import { DateTimeScalar } from "../../scalars";
import { Node } from "../node";

@ObjectType("Webhook", {
  implements: Node,
  description: "An address of another system that is told of changes, each in a signed message.",
  simpleResolvers: true,
})
export class WebhookView implements Node {
  @Field(() => ID, { description: "The UUID of the webhook." })
  id!: string;

  @Field({ description: "The address to which messages are sent." })
  url!: string;

  @Field(() => [TrackedTypeEnum], { description: "The types of object whose changes are told." })
  entityTypes!: WebhookType[];

  @Field({
    description:
      "Whether messages are sent now. What changes while it is false is told when it is true again.",
  })
  isActive!: boolean;

  @Field({ description: "The comments of the staff member about the last change of the webhook." })
  comments!: string;

  @Field(() => DateTimeScalar, {
    description: "The instant at which the present secret was made. The secret itself is never told again.",
  })
  secretMadeAt!: Date;

  @Field(() => ID, {
    nullable: true,
    description:
      "The id of the history entry from which changes were last told again; null when they never were.",
  })
  replayedFrom!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant at which `testWebhook` was last used for the webhook; null when it never was.",
  })
  testedAt!: Date | null;

  @Field(() => Int, { description: "The number of changes that are being told, or wait until others are." })
  undelivered!: number;

  @Field(() => Int, { description: "The number of changes that were given up." })
  dead!: number;

  @Field(() => DateTimeScalar, { description: "The instant at which the webhook was created." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: "The instant at which the webhook was last changed." })
  modifiedAt!: Date;
}

@ObjectType("DeadLetter", {
  implements: Node,
  description: "A change that a webhook could not tell. `replayWebhook` tells it again.",
  simpleResolvers: true,
})
export class DeadLetterView implements Node {
  @Field(() => ID, { description: "The UUID of the delivery." })
  id!: string;

  @Field(() => ID, { description: "The id of the history entry that was to be told." })
  historyEntryId!: string;

  @Field(() => ID, { description: "The UUID of the entitlement to which the change belongs." })
  entitlementId!: string;

  @Field(() => Int, { description: "The number of attempts that were made." })
  attempts!: number;

  @Field(() => String, {
    nullable: true,
    description: "The status or the cause with which the last attempt failed; null when there was none.",
  })
  detail!: string | null;

  @Field(() => DateTimeScalar, { description: "The instant at which it was given up." })
  diedAt!: Date;
}

const Base = connectionType("DeadLetter", DeadLetterView);

@ObjectType("DeadLetterConnection", {
  description: "A page of changes that were given up.",
  simpleResolvers: true,
})
export class DeadLetterConnection extends Base {}

/** A webhook as clients see it. */
export function toWebhookView(facts: WebhookFacts): WebhookView {
  return Object.assign(new WebhookView(), facts);
}

/** A delivery that was given up, as clients see it. */
export function toDeadLetterView({ historyId, attempt, modifiedAt, ...same }: DeadLetter): DeadLetterView {
  return Object.assign(new DeadLetterView(), {
    ...same,
    historyEntryId: historyId,
    attempts: attempt,
    diedAt: modifiedAt,
  });
}
