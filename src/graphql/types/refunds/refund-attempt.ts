import { Field, ID, Int, ObjectType } from "type-graphql";
import type { RefundAttempt } from "../../../reads/refund-attempts";
import type { RefundAnswer, RefundState } from "../../../rules/refund-rules";
import { publish } from "../../enums";
import { DateTimeScalar } from "../../scalars";
import { RefundStateEnum } from "./refund";

const RefundAnswerEnum = publish<RefundAnswer>("RefundAnswer", "An answer of the shop.", {
  ACCEPTED: "The shop has refunded the order.",
  REFUSED: "The shop has refused the refund.",
  NOT_SENT: "The shop could not be reached, and was certainly not asked.",
  NOT_YET: "The shop does not know the order yet and has refunded nothing; it is asked again.",
  UNKNOWN: "The shop may or may not have refunded the order: its answer was lost or not understood.",
});

@ObjectType("RefundAttempt", { description: "An attempt to have the shop refund.", simpleResolvers: true })
export class RefundAttemptView {
  @Field(() => ID, { description: "The UUID of the refund and the number of the attempt." })
  id!: string;

  @Field(() => Int, { description: "The number of the attempt, from 1." })
  number!: number;

  @Field(() => DateTimeScalar, { description: "The instant at which the attempt began." })
  startedAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the outcome of the attempt was recorded; null while there is none and when it was lost.",
  })
  endedAt!: Date | null;

  @Field(() => RefundStateEnum, { description: "The state in which the attempt left the refund." })
  state!: RefundState;

  @Field(() => RefundAnswerEnum, {
    nullable: true,
    simple: false,
    description:
      "The answer of the shop; null while there is none and when the attempt ended otherwise, such as by a revocation. For support, staff and auditors.",
  })
  answer!: RefundAnswer | null;
}

/** An attempt as clients see it. */
export function toAttemptView({ refundId, ...attempt }: RefundAttempt): RefundAttemptView {
  return Object.assign(new RefundAttemptView(), attempt, { id: `${refundId}:${attempt.number}` });
}
