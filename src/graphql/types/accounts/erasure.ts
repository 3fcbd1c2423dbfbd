import { Field, ID, Int, ObjectType } from "type-graphql";
import type { HistoryErasure } from "../../../entities/accounts/history-erasure";
import type { TrackedType } from "../../../history/tracked-types";
import { TrackedTypeEnum } from "../../history-enums";
import { DateTimeScalar } from "../../scalars";

@ObjectType("Erasure", {
  description:
    "An erasure of names and personal texts from history: those of one user, or, in a retention by age, those of all old entries.",
  simpleResolvers: true,
})
export class ErasureView {
  @Field(() => ID, { description: "The UUID of the erasure." })
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "The LMS user id of the account, which stays in history as a pseudonym; null for a retention by age.",
  })
  userId!: string | null;

  @Field(() => TrackedTypeEnum, {
    nullable: true,
    description:
      "The type of the entries that a retention by age has gone through; null for the erasure of a user.",
  })
  entityType!: TrackedType | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant before which all of these entries count; null for the erasure of a user.",
  })
  coversUntil!: Date | null;

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
