import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Refund } from "../../entities/refund";
import type { RefundState } from "../../rules/refund-rules";
import { connectionType } from "../connection";
import { publish } from "../enums";
import { DateTimeScalar } from "../scalars";
import { Node } from "./node";

export const RefundStateEnum = publish<RefundState>("RefundState", "How far a refund has come.", {
  REQUESTED: "The shop is being asked.",
  IN_DOUBT: "The shop has not said what it did; it is asked again at `nextAttemptAt`.",
  SUCCEEDED: "The order was paid back: the entitlement is expired and spent on no run.",
  FAILED: "The order was not paid back, and nothing has changed; it can be asked for anew.",
  NEEDS_REVIEW: "Only a person can find out what the shop did; `resolveRefund` ends it.",
});

@ObjectType("Refund", {
  implements: Node,
  description: "A request to pay back the order of an entitlement, which stands still until it has ended.",
  simpleResolvers: true,
})
export class RefundView implements Node {
  @Field(() => ID, { description: "Its UUID, by which the shop tells a repeat." })
  id!: string;

  @Field(() => RefundStateEnum, { description: "How far it has come." })
  state!: RefundState;

  @Field({ description: "The shop's order." })
  orderNumber!: string;

  @Field(() => Int, { description: "How often the shop has been, or is being, asked." })
  attempts!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the shop is asked again unless it answers before; null once it is not asked any more.",
  })
  nextAttemptAt!: Date | null;

  @Field(() => [String], { description: "What the shop calls the refunds it made, where it says." })
  shopReferences!: string[];

  @Field(() => String, {
    nullable: true,
    simple: false,
    description: "What the shop, or the way to it, said last; for support.",
  })
  detail!: string | null;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: "When it last came further." })
  modifiedAt!: Date;

  /** Which entitlement. */
  entitlementId!: string;
}

export const RefundConnection = connectionType("Refund", RefundView);

/** A refund as clients see it. */
export function toRefundView({ attempt, ...refund }: Refund): RefundView {
  return Object.assign(new RefundView(), refund, { attempts: attempt });
}
