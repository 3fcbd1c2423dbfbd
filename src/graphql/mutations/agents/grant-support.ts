import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { grantSupport } from "../../../use-cases/agents/grant-support";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { SupportAgentView, toSupportAgentView } from "../../types/support-agent";
import { Text } from "../inputs";

@InputType({ description: "The input fields of `grantSupport`." })
export class GrantSupportInput extends CommandInput {
  @Text(150, "The username of the account, in upper or lower case.")
  username!: string;

  @Text(2_000, "The comments about the reason, from 1 to 2000 characters; history keeps them.")
  comments!: string;
}

@ObjectType({ description: "The result of `grantSupport`.", simpleResolvers: true })
export class GrantSupportPayload extends Payload {
  @Changed(() => SupportAgentView, "support agent")
  supportAgent?: SupportAgentView | null;
}

@Resolver()
export class GrantSupportMutation {
  @Mutation(() => GrantSupportPayload, {
    nullable: true,
    description:
      "Makes an account a support agent, whatever the roles of its tokens; an agent stays one. For staff.",
  })
  grantSupport(
    @Input(() => GrantSupportInput, "The account that becomes a support agent.")
    input: GrantSupportInput,
    @Ctx() context: Context,
  ): Promise<GrantSupportPayload> {
    return payload(context, input, async (call, given) => ({
      supportAgent: toSupportAgentView(await grantSupport(call, given)),
    }));
  }
}
