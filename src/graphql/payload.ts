import { Field, ObjectType } from "type-graphql";
import { Refusal, type RefusalCode } from "../refusal";
import { UserErrorCodeEnum } from "./enums";

@ObjectType({
  description: "The reason why a mutation was refused. A refused mutation has changed nothing.",
  simpleResolvers: true,
})
export class UserError {
  @Field(() => UserErrorCodeEnum, { description: "The code of the reason, for programs." })
  code!: RefusalCode;

  @Field({
    description: "The reason as text that can be shown to a learner; it also says that nothing has changed.",
  })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'The path of the input field that caused the refusal, such as `["input", "entitlementId"]`; null when no single field caused it.',
  })
  field!: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The blocker behind the reason, a value of `RedeemBlocker`, `RegainBlocker`, `RefundBlocker` or `SessionBlocker`; null when the code itself is the reason.",
  })
  blocker!: string | null;
}

/** What every mutation answers with, beside the object it changed. */
@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Field(() => [UserError], {
    description: "The reasons why the mutation was refused; empty when the mutation was carried out.",
  })
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
