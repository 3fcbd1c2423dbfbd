import { Field, ID, Int, ObjectType } from "type-graphql";
import type { HistoryErasure } from "../../../entities/accounts/history-erasure";
import { DateTimeScalar } from "../../scalars";

@ObjectType("Erasure", {
  description: "That history has forgotten a user: the names and words that it had kept.",
  simpleResolvers: true,
})
export class ErasureView {
  @Field(() => ID, { description: "The UUID of the erasure." })
  id!: string;

  @Field(() => ID, { description: "The LMS user id of the account, which stays in history as a pseudonym." })
  userId!: string;

  @Field({ description: "The reason of the erasure, without a name." })
  comments!: string;

  @Field(() => Int, { description: "The number of entries of history of which something was erased." })
  entries!: number;

  @Field(() => DateTimeScalar, { description: "The instant of the erasure." })
  createdAt!: Date;
}

/** An erasure as clients see it. */
export function toErasureView(erasure: HistoryErasure): ErasureView {
  return Object.assign(new ErasureView(), erasure);
}
