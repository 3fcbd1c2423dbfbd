import { IsIn, IsOptional, IsUUID } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { POLICY_MODES } from "../../entities/course-entitlement-policy";
import type { PolicyFacts } from "../../entities/entitlement-facts";
import type { Periods } from "../../policy/entitlement-policy";
import { changeEntitlementMode } from "../../use-cases/change-entitlement-mode";
import { createEntitlementPolicy } from "../../use-cases/create-entitlement-policy";
import { deleteEntitlementPolicy } from "../../use-cases/delete-entitlement-policy";
import type { Request } from "../../use-cases/request";
import { updateEntitlementPolicy } from "../../use-cases/update-entitlement-policy";
import { badInput } from "../bad-input";
import type { Context } from "../context";
import { IsText, SeenHistoryEntry, UUID } from "../inputs";
import { changed, EntitlementPayload } from "./learner-mutations.resolver";
import { Payload, payload } from "../payload";
import { DurationScalar, fromDuration } from "../scalars";
import { GuardedInput } from "./support-mutations.resolver";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/course-entitlement-policy";

/** The periods of a policy, in whole days. */
@InputType()
abstract class PeriodsInput {
  @Field(() => DurationScalar, { nullable: true, description: "Until an entitlement expires; whole days." })
  expirationPeriod?: string | null;

  @Field(() => DurationScalar, { nullable: true, description: "Until the refund ends; whole days." })
  refundPeriod?: string | null;

  @Field(() => DurationScalar, { nullable: true, description: "Until the run is final; whole days." })
  regainPeriod?: string | null;
}

@InputType({ description: "Whose entitlements last how long; the default stands in for what is not given." })
export class CreateEntitlementPolicyInput extends PeriodsInput {
  @Field(() => String, {
    nullable: true,
    description: "`verified`, or `professional` for both professional modes; any unless given.",
  })
  @IsOptional()
  @IsIn(POLICY_MODES, { message: `must be one of ${POLICY_MODES.join(", ")}` })
  mode?: string | null;

  @Field(() => String, { nullable: true, description: "The host of a site; any unless given." })
  @IsOptional()
  @IsText(100)
  siteDomain?: string | null;
}

@InputType({ description: "What to change of a policy; what is not given stays as it is." })
export class UpdateEntitlementPolicyInput extends PeriodsInput {
  @Field(() => ID, { description: "The policy." })
  @IsUUID("all", UUID)
  policyId!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether new entitlements no longer get it." })
  isRetired?: boolean | null;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@InputType({ description: "Which policy to delete." })
export class DeleteEntitlementPolicyInput {
  @Field(() => ID, { description: "The policy." })
  @IsUUID("all", UUID)
  policyId!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

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
      deletedPolicyId: await deleteEntitlementPolicy({ ...context, actor: context.actor! }, input),
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

function written(
  context: Context,
  command: (request: Request) => Promise<PolicyFacts>,
): Promise<PolicyPayload> {
  return payload(async () => {
    const policy = await command({ ...context, actor: context.actor! });
    return { policy: toPolicyView(policy, context.app.config.defaultPeriods) };
  });
}

/** The periods that are given, in milliseconds. */
function periodsOf({ expirationPeriod, refundPeriod, regainPeriod }: PeriodsInput): Partial<Periods> {
  const given = { expirationPeriod, refundPeriod, regainPeriod };
  const periods = Object.entries(given).flatMap(([name, duration]) => {
    if (duration === undefined || duration === null) return [];
    const ms = fromDuration(duration);
    if (ms === null) throw badInput(`input.${name}`, "must have a fixed length, without months and years");
    return [[name.replace("Period", "Ms"), ms]];
  });
  return Object.fromEntries(periods) as Partial<Periods>;
}
