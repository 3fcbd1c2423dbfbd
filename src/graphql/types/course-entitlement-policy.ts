import { Field, ID, ObjectType } from "type-graphql";
import type { PolicyFacts } from "../../reads/entitlement-facts";
import type { Periods } from "../../rules/entitlement-rules";
import { DateTimeScalar, DurationScalar, toDuration } from "../scalars";

@ObjectType("CourseEntitlementPolicy", {
  description: "How long entitlements last, and how long they can be refunded and regained.",
  simpleResolvers: true,
})
export class CourseEntitlementPolicyView {
  @Field(() => ID, { description: "Its UUID, or `default`." })
  id!: string;

  @Field({ description: "Whether it stands in where no policy applies." })
  isDefault!: boolean;

  @Field(() => String, { nullable: true, description: "The mode it is for; null means any." })
  mode!: string | null;

  @Field(() => String, { nullable: true, description: "The host of the site it is for; null means any." })
  siteDomain!: string | null;

  @Field(() => DurationScalar, { description: "From creation until an entitlement expires." })
  expirationPeriod!: string;

  @Field(() => DurationScalar, {
    description: "From creation until the order can no longer be paid back; its last day still counts.",
  })
  refundPeriod!: string;

  @Field(() => DurationScalar, {
    description: "From redemption until the run can no longer be left; its last day still counts.",
  })
  regainPeriod!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Since when new entitlements no longer get it; those that have it keep it.",
  })
  retiredAt!: Date | null;
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
  });
}
