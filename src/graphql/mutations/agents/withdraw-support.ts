import { Ctx, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { withdrawSupport } from "../../../use-cases/agents/withdraw-support";
import type { Context } from "../../context";
import { Changed, CommandInput, Input, Payload, payload } from "../../payload";
import { SupportAgentView, toSupportAgentView } from "../../types/support-agent";
import { Text } from "../inputs";

@InputType({ description: "The input fields of `withdrawSupport`." })
export class WithdrawSupportInput extends CommandInput {
  @Text(150, "The username of the account, in upper or lower case.")
  username!: string;

  @Text(2_000, "The comments about the reason, from 1 to 2000 characters; history keeps them.")
  comments!: string;
}

@ObjectType({ description: "The result of `withdrawSupport`.", simpleResolvers: true })
export class WithdrawSupportPayload extends Payload {
  @Changed(() => SupportAgentView, "support agent")
  supportAgent?: SupportAgentView | null;
}

@Resolver()
export class WithdrawSupportMutation {
  @Mutation(() => WithdrawSupportPayload, {
    nullable: true,
    description:
      "Withdraws from an account what `grantSupport` has granted. A token that has the support role keeps it. For staff.",
  })
  withdrawSupport(
    @Input(() => WithdrawSupportInput, "The account that is no longer a support agent.")
    input: WithdrawSupportInput,
    @Ctx() context: Context,
  ): Promise<WithdrawSupportPayload> {
    return payload(context, input, async (call, given) => ({
      supportAgent: toSupportAgentView(await withdrawSupport(call, given)),
    }));
  }
}
