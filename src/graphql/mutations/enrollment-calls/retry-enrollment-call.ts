import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { retryEnrollmentCall } from "../../../use-cases/enrollment-calls/retry-enrollment-call";
import type { Context } from "../../context";
import { CommandInput, Input, payload } from "../../payload";
import { toEntitlement } from "../../types/entitlements/course-entitlement";
import { EnrollmentCallView, toEnrollmentCallView } from "../../types/enrollment-call";
import { Reason, Uuid } from "../inputs";
import { EntitlementPayload } from "../shared";

@InputType({ description: "The input fields of `retryEnrollmentCall`." })
export class RetryEnrollmentCallInput extends CommandInput {
  @Uuid("The UUID of the enrollment that the LMS was asked to change, which is that of the call.")
  enrollmentId!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      "Whether an enrollment that the LMS already has in the wanted mode is what was asked for, because an agent has enrolled the learner there. Without it, such an enrollment counts as another purchase unless an earlier attempt can have made it: the call is then refused, and the entitlement is as before.",
  })
  acceptEnrolled!: boolean;

  @Reason("The agent's comments on the change")
  comments!: string;
}

@ObjectType({ description: "The result of `retryEnrollmentCall`.", simpleResolvers: true })
export class RetryEnrollmentCallPayload extends EntitlementPayload {
  @Field(() => EnrollmentCallView, {
    nullable: true,
    description:
      "The call after the first new attempt, whose outcome is still open while its state is IN_DOUBT; null when the mutation was refused.",
  })
  call?: EnrollmentCallView | null;
}

@Resolver()
export class RetryEnrollmentCallMutation {
  @Mutation(() => RetryEnrollmentCallPayload, {
    nullable: true,
    description:
      "Has the LMS asked again for what it has not done with an enrollment: at once, and if need be for 24 hours. Each attempt reads the enrollment first and changes it only where that is still needed, so that what an agent has put right in the LMS is found done. For support and staff.",
  })
  retryEnrollmentCall(
    @Input(() => RetryEnrollmentCallInput, "The enrollment, and the comments of the agent.")
    input: RetryEnrollmentCallInput,
    @Ctx() context: Context,
  ): Promise<RetryEnrollmentCallPayload> {
    return payload(context, input, async (asking, given) => {
      const { call, entitlement } = await retryEnrollmentCall(asking, given);
      return {
        call: toEnrollmentCallView(call),
        entitlement: entitlement && toEntitlement(context, entitlement),
      };
    });
  }
}
