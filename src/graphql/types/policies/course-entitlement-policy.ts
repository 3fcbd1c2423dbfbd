import { Field, ID, ObjectType } from "type-graphql";
import type { PolicyFacts } from "../../../reads/policies";
import type { Periods } from "../../../rules/entitlement-rules";
import { toDuration } from "../../../rules/durations";
import { DateTimeScalar, DurationScalar } from "../../scalars";
import { Node } from "../node";

@ObjectType("CourseEntitlementPolicy", {
  implements: Node,
  description:
    "A policy: the periods after which entitlements expire, can no longer be refunded and can no longer be regained.",
  simpleResolvers: true,
})
export class CourseEntitlementPolicyView implements Node {
  @Field(() => ID, { description: "The UUID of the policy; `default` for the default policy." })
  id!: string;

  @Field({
    description: "Whether this is the default policy, which applies to entitlements without a stored policy.",
  })
  isDefault!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "The course mode of the entitlements that get this policy; null means any mode.",
  })
  mode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The host name of the site whose entitlements get this policy; null means any site.",
  })
  siteDomain!: string | null;

  @Field(() => DurationScalar, {
    description: "The period from the creation of an entitlement until it expires.",
  })
  expirationPeriod!: string;

  @Field(() => DurationScalar, {
    description:
      "The period from the creation of an entitlement until its order can no longer be refunded; the last day is included.",
  })
  refundPeriod!: string;

  @Field(() => DurationScalar, {
    description:
      "The period until a learner can no longer leave the run, counted from the latest of creation, enrollment, redemption and the start of the run; the last day is included.",
  })
  regainPeriod!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant since which new entitlements no longer get this policy, while older ones keep it; null while it is in use.",
  })
  retiredAt!: Date | null;

  /** The periods in milliseconds. */
  periods!: Periods;
}

/** A stored policy, or the default periods. */
export function toPolicyView(policy: PolicyFacts | null, defaults: Periods): CourseEntitlementPolicyView {
  const periods = policy ?? defaults;
  return Object.assign(new CourseEntitlementPolicyView(), {
    id: policy?.id ?? "default",
    isDefault: policy === null,
    mode: policy?.mode ?? null,
    siteDomain: policy?.siteDomain ?? null,
    expirationPeriod: toDuration(periods.expirationMs),
    refundPeriod: toDuration(periods.refundMs),
    regainPeriod: toDuration(periods.regainMs),
    retiredAt: policy?.retiredAt ?? null,
    periods,
  });
}
