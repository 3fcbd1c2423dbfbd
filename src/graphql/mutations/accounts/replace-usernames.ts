import { ArrayMaxSize, ArrayMinSize, Matches, MaxLength, ValidateNested } from "class-validator";
import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { USERNAME } from "../../../rules/accounts/retired-names";
import { replaceUsernames, REPLACEMENTS_AT_MOST } from "../../../use-cases/accounts/replace-usernames";
import type { Context } from "../../context";
import { length } from "../../inputs";
import { CommandInput, Input, Payload, payload } from "../../payload";

const SIZE = { message: `must hold from 1 to ${REPLACEMENTS_AT_MOST}` };

function AnyUsername(description: string): PropertyDecorator {
  const message = "must be a username: 1 to 150 letters, digits, and the characters @ . + - _ without blanks";
  return (target, property) => {
    Field(() => String, { description })(target, property);
    MaxLength(150, length(150))(target, property);
    Matches(USERNAME, { message })(target, property);
  };
}

@InputType({ description: "The username of an account, and the one that it gets." })
export class UsernameReplacementInput {
  @AnyUsername("The username that the account has.")
  from!: string;

  @AnyUsername("The username that the account has in the LMS from now on.")
  to!: string;
}

@InputType({ description: "The input fields of `replaceUsernames`." })
export class ReplaceUsernamesInput extends CommandInput {
  @Field(() => [UsernameReplacementInput], {
    description: `The usernames, from 1 to ${REPLACEMENTS_AT_MOST}; all are replaced at once, so that two accounts can swap theirs.`,
  })
  @ArrayMinSize(1, SIZE)
  @ArrayMaxSize(REPLACEMENTS_AT_MOST, SIZE)
  @ValidateNested({ each: true })
  replacements!: UsernameReplacementInput[];
}

@ObjectType({ description: "The result of `replaceUsernames`.", simpleResolvers: true })
export class ReplaceUsernamesPayload extends Payload {
  @Field(() => [String], {
    nullable: true,
    description:
      "The old usernames that were replaced, and those for which there was nothing to do, because no account has them or because they stay; null when the mutation was refused.",
  })
  replaced?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The old usernames that were not replaced: an account has the new one and keeps it, one of the two is that of a retired account, or the input gives one to several accounts or several to one; null when the mutation was refused.",
  })
  failed?: string[] | null;
}

@Resolver()
export class ReplaceUsernamesMutation {
  @Mutation(() => ReplaceUsernamesPayload, {
    nullable: true,
    description:
      "Gives accounts the usernames that they have in the LMS from now on. One that cannot be replaced stops no other. The history keeps the name under which a user has acted. For services and staff.",
  })
  replaceUsernames(
    @Input(() => ReplaceUsernamesInput, "The usernames to replace.") input: ReplaceUsernamesInput,
    @Ctx() context: Context,
  ): Promise<ReplaceUsernamesPayload> {
    return payload(context, input, async (call, given) => {
      const { replaced, failed } = await replaceUsernames(call, given);
      return { replaced: replaced.map(({ from }) => from), failed: failed.map(({ from }) => from) };
    });
  }
}
