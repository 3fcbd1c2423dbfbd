import { Matches } from "class-validator";
import { Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { retireUser } from "../../../use-cases/accounts/retire-user";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { UserView } from "../../types/user";
import { LMS_USER_ID } from "../../../rules/accounts/retired-names";
import { Text } from "../inputs";

@InputType({ description: "The input fields of `retireUser`." })
export class RetireUserInput extends CommandInput {
  @Field(() => ID, { description: "The LMS user id of the account, which stays." })
  @Matches(LMS_USER_ID, { message: "must be a positive whole number" })
  userId!: string;

  @Text(150, "The username that the account has in the LMS from now on.")
  retiredUsername!: string;
}

@ObjectType({ description: "The result of `retireUser`.", simpleResolvers: true })
export class RetireUserPayload extends Payload {
  @Changed(() => UserView, "user")
  user?: UserView | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The number of entries of history of which something was erased; 0 where the user was forgotten before, and null when the mutation was refused.",
  })
  erasedEntries?: number | null;
}

@Resolver()
export class RetireUserMutation {
  @Mutation(() => RetireUserPayload, {
    nullable: true,
    description:
      "Forgets a user whose account the LMS has retired: the names and the words that the tables and the history have about it. Ids, entitlements, the order of changes and proofs of history stay. For services and staff.",
  })
  retireUser(
    @Input(() => RetireUserInput, "The account, and its new username.") input: RetireUserInput,
    @Ctx() context: Context,
  ): Promise<RetireUserPayload> {
    return payload(context, input, async (call, given) => {
      const { user, entries } = await retireUser(call, given);
      return { user: Object.assign(new UserView(), user), erasedEntries: entries };
    });
  }
}
