import { Ctx, Field, FieldResolver, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { policyReach } from "../../../reads/decisions/policy-effect";
import { updateEntitlementPolicy } from "../../../use-cases/policies/update-entitlement-policy";
import type { Context } from "../../context";
import { Input } from "../../payload";
import { PolicyEffectView } from "../../types/policies/policy-effect";
import { PeriodsInput, SeenHistoryEntry, Uuid, periodsOf } from "../inputs";
import { changePolicy, PolicyPayload } from "../shared";

@InputType({ description: "The input fields of `updateEntitlementPolicy`." })
export class UpdateEntitlementPolicyInput extends PeriodsInput {
  @Uuid("The UUID of the policy to change.")
  policyId!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the policy is retired, so that new entitlements no longer get it.",
  })
  isRetired?: boolean | null;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `updateEntitlementPolicy`.", simpleResolvers: true })
export class UpdateEntitlementPolicyPayload extends PolicyPayload {}

@Resolver(() => UpdateEntitlementPolicyPayload)
export class UpdateEntitlementPolicyMutation {
  @Mutation(() => UpdateEntitlementPolicyPayload, {
    nullable: true,
    description:
      "Changes the periods of a policy for all entitlements that have it, or retires the policy. For staff.",
  })
  updateEntitlementPolicy(
    @Input(
      () => UpdateEntitlementPolicyInput,
      "The policy to change, and what to change of it. A field that is not given stays as it is.",
    )
    input: UpdateEntitlementPolicyInput,
    @Ctx() context: Context,
  ): Promise<UpdateEntitlementPolicyPayload> {
    const { dryRun, policyId, expectedHistoryEntryId, isRetired = null } = input;
    const seen = { policyId, expectedHistoryEntryId };
    const periods = periodsOf(input);
    return changePolicy(context, updateEntitlementPolicy, { dryRun, ...seen, isRetired, periods });
  }
  @FieldResolver(() => PolicyEffectView, {
    nullable: true,
    description:
      "The effect of the change on the entitlements that have the policy; null unless it was a dry run, and when it was refused.",
  })
  async effect(
    @Root() { policy, preview }: UpdateEntitlementPolicyPayload,
    @Ctx() { app, now }: Context,
  ): Promise<PolicyEffectView | null> {
    if (!policy || !preview) return null;
    const time = { now, defaultPeriods: app.config.defaultPeriods };
    const { id, periods } = policy;
    const [before, after] = await Promise.all([
      policyReach(app.db, id, time),
      policyReach(app.db, id, time, periods),
    ]);
    return {
      id,
      before: { id: `${id}:before`, ...before },
      after: { id: `${id}:after`, ...after },
    };
  }
}
