import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Refund } from "../../../entities/refund";
import type { RefundState } from "../../../rules/refund-rules";
import { connectionType } from "../../pages/connection";
import { publish } from "../../enums";
import { DateTimeScalar } from "../../scalars";
import { Node } from "../node";

export const RefundStateEnum = publish<RefundState>("RefundState", "The state of a refund.", {
  REQUESTED:
    "The refund was requested, and the shop is being asked, or asked again at `nextAttemptAt` as it could not be reached or does not know the order yet.",
  IN_DOUBT: "The answer of the shop is not known; the server asks the shop again at `nextAttemptAt`.",
  SUCCEEDED: "The order was refunded; the entitlement expired and the learner left the run at that moment.",
  FAILED: "The order was not refunded and the entitlement is unchanged; a new refund can be requested.",
  NEEDS_REVIEW:
    "The server cannot find out what the shop did; an agent must decide the outcome with `resolveRefund`.",
});

@ObjectType("Refund", {
  implements: Node,
  description:
    "A refund of the order of an entitlement. Until it has succeeded or failed, the entitlement cannot be changed.",
  simpleResolvers: true,
})
export class RefundView implements Node {
  @Field(() => ID, { description: "The UUID of the refund, which the shop gets as the idempotency key." })
  id!: string;

  @Field(() => RefundStateEnum, { description: "The state of the refund." })
  state!: RefundState;

  @Field({ description: "The number of the shop's order at the time of the request." })
  orderNumber!: string;

  @Field(() => Int, { description: "The number of attempts to ask the shop, the current one included." })
  attempts!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the server asks the shop again unless an answer arrives before; null when the shop is no longer asked.",
  })
  nextAttemptAt!: Date | null;

  @Field(() => [String], {
    description: "The ids of the refunds in the shop; empty when the shop has not named any.",
  })
  shopReferences!: string[];

  @Field(() => String, {
    nullable: true,
    simple: false,
    description:
      "The code or error with which the last attempt failed; null when there is none. For support, staff and auditors.",
  })
  detail!: string | null;

  @Field(() => DateTimeScalar, { description: "The instant at which the refund was requested." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: "The instant at which the refund was last changed." })
  modifiedAt!: Date;

  /** Which entitlement. */
  entitlementId!: string;
}

const Base = connectionType("Refund", RefundView);

@ObjectType("RefundConnection", { description: "A page of refunds.", simpleResolvers: true })
export class RefundConnection extends Base {
  /** Counts what the list would hold without pages. */
  count!: () => Promise<number>;
}

/** A refund as clients see it. */
export function toRefundView({ attempt, ...refund }: Refund): RefundView {
  return Object.assign(new RefundView(), refund, { attempts: attempt });
}
