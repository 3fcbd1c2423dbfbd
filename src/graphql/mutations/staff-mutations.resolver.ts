import { IsUUID } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { PolicyFacts } from "../../reads/entitlement-facts";
import { changeEntitlementMode } from "../../use-cases/entitlements/change-entitlement-mode";
import { createEntitlementPolicy } from "../../use-cases/policies/create-entitlement-policy";
import { deleteEntitlementPolicy } from "../../use-cases/policies/delete-entitlement-policy";
import type { Call } from "../../use-cases/command";
import { updateEntitlementPolicy } from "../../use-cases/policies/update-entitlement-policy";
import type { Context } from "../context";
import { IsText, UUID } from "../inputs";
import { changed, EntitlementPayload } from "./learner-mutations.resolver";
import { Payload, payload } from "../payload";
import {
  CreateEntitlementPolicyInput,
  DeleteEntitlementPolicyInput,
  periodsOf,
  UpdateEntitlementPolicyInput,
} from "./policy-inputs";
import { GuardedInput } from "./support-mutations.resolver";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/course-entitlement-policy";

@InputType({ description: "Which entitlement to give which mode." })
export class ChangeEntitlementModeInput extends GuardedInput {
  @Field({ description: "The shop's order, exactly." })
  @IsText(128)
  orderNumber!: string;

  @Field(() => ID, { description: "The course." })
  @IsUUID("all", UUID)
  courseUuid!: string;

  @Field({ description: "The new course mode." })
  @IsText(100)
  mode!: string;

  @Field({ defaultValue: false, description: "Whether it may also be a mode that is not sold." })
  acceptAnyMode!: boolean;
}

@ObjectType({ description: "What came of changing the mode.", simpleResolvers: true })
export class ChangeEntitlementModePayload extends EntitlementPayload {}

/** Payloads of commands that write a policy. */
@ObjectType({ simpleResolvers: true })
abstract class PolicyPayload extends Payload {
  @Field(() => CourseEntitlementPolicyView, {
    nullable: true,
    description: "The policy as it stands now; null when refused.",
  })
  policy?: CourseEntitlementPolicyView | null;
}

@ObjectType({ description: "What came of making a policy.", simpleResolvers: true })
export class CreateEntitlementPolicyPayload extends PolicyPayload {}

@ObjectType({ description: "What came of changing a policy.", simpleResolvers: true })
export class UpdateEntitlementPolicyPayload extends PolicyPayload {}

@ObjectType({ description: "What came of deleting a policy.", simpleResolvers: true })
export class DeleteEntitlementPolicyPayload extends Payload {
  @Field(() => ID, { nullable: true, description: "The policy that is gone; null when refused." })
  deletedPolicyId?: string | null;
}

/** What the operators of the installation decide. */
@Resolver()
export class StaffMutations {
  @Mutation(() => CreateEntitlementPolicyPayload, {
    nullable: true,
    description: "Makes a policy for the new entitlements of a site and mode. For staff.",
  })
  createEntitlementPolicy(
    @Arg("input", () => CreateEntitlementPolicyInput, { description: "The policy." })
    input: CreateEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<CreateEntitlementPolicyPayload> {
    const { mode = null, siteDomain = null } = input;
    const wanted = { mode, siteDomain, periods: periodsOf(input) };
    return written(context, (request) => createEntitlementPolicy(request, wanted));
  }

  @Mutation(() => UpdateEntitlementPolicyPayload, {
    nullable: true,
    description: "Changes the periods of a policy for all that have it, or retires it. For staff.",
  })
  updateEntitlementPolicy(
    @Arg("input", () => UpdateEntitlementPolicyInput, { description: "Which, and what." })
    input: UpdateEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<UpdateEntitlementPolicyPayload> {
    const { policyId, expectedHistoryEntryId, isRetired = null } = input;
    const wanted = { policyId, expectedHistoryEntryId, isRetired, periods: periodsOf(input) };
    return written(context, (request) => updateEntitlementPolicy(request, wanted));
  }

  @Mutation(() => DeleteEntitlementPolicyPayload, {
    nullable: true,
    description: "Deletes a policy that no entitlement has; one in use can be retired. For staff.",
  })
  deleteEntitlementPolicy(
    @Arg("input", () => DeleteEntitlementPolicyInput, { description: "Which." })
    input: DeleteEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<DeleteEntitlementPolicyPayload> {
    return payload(async () => ({
      deletedPolicyId: await deleteEntitlementPolicy(context, input),
    }));
  }

  @Mutation(() => ChangeEntitlementModePayload, {
    nullable: true,
    description: "Gives the entitlement of an order another mode; policy and run stay. For staff.",
  })
  changeEntitlementMode(
    @Arg("input", () => ChangeEntitlementModeInput, { description: "Which, and the mode." })
    input: ChangeEntitlementModeInput,
    @Ctx() context: Context,
  ): Promise<ChangeEntitlementModePayload> {
    return changed(context, (request) => changeEntitlementMode(request, input));
  }
}

function written(context: Context, command: (call: Call) => Promise<PolicyFacts>): Promise<PolicyPayload> {
  return payload(async () => {
    const policy = await command(context);
    return { policy: toPolicyView(policy, context.app.config.defaultPeriods) };
  });
}
