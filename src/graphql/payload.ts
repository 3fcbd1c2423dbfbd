import { Field, ObjectType } from "type-graphql";
import { Refusal, type RefusalCode } from "../refusal";
import { UserErrorCodeEnum } from "./enums";

@ObjectType({ description: "Why a mutation was refused; nothing has changed.", simpleResolvers: true })
export class UserError {
  @Field(() => UserErrorCodeEnum, { description: "The reason, for programs." })
  code!: RefusalCode;

  @Field({ description: "The reason in a sentence that a learner can read, and that nothing has changed." })
  message!: string;

  @Field(() => [String], { nullable: true, description: "Where in the arguments the reason lies." })
  field!: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The blocker behind the reason, such as a value of `RefundBlocker` or `SessionBlocker`.",
  })
  blocker!: string | null;
}

/** What every mutation answers with, beside the object it changed. */
@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Runs a use case and turns its refusal into data. Anything else it throws is ours and stays an error. */
export async function payload<T extends object>(
  work: () => Promise<T>,
): Promise<Partial<T> & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { userErrors: [toUserError(error)] } as never;
  }
}

/** A refusal as clients see it. */
export function toUserError({ code, message, details }: Refusal): UserError {
  const field = details.field === undefined ? null : ["input", details.field];
  return { code, message, field, blocker: details.blocker ?? null };
}
