import { Field, ID, Int, ObjectType } from "type-graphql";
import type { PolicyReach } from "../../../reads/decisions/policy-effect";

@ObjectType("PolicyReach", {
  description:
    "The numbers of entitlements that have a policy and whose expiry is not stored, by what the policy allows with them.",
  simpleResolvers: true,
})
export class PolicyReachView implements PolicyReach {
  @Field(() => ID, { description: "The UUID of the policy, followed by `:before` or `:after`." })
  id!: string;

  @Field(() => Int, {
    description: "The number of entitlements that have the policy and whose expiry is not stored.",
  })
  count!: number;

  @Field(() => Int, { description: "The number of those entitlements that have not expired." })
  usable!: number;

  @Field(() => Int, {
    description:
      "The number of those entitlements that are redeemed for a run that the learner can still leave.",
  })
  changeable!: number;

  @Field(() => Int, { description: "The number of those entitlements whose order can still be refunded." })
  refundable!: number;
}

@ObjectType("PolicyEffect", {
  description: "The effect of a change of a policy on the entitlements that have it.",
  simpleResolvers: true,
})
export class PolicyEffectView {
  @Field(() => ID, { description: "The UUID of the policy." })
  id!: string;

  @Field(() => PolicyReachView, { description: "The numbers by what the policy allows now." })
  before!: PolicyReachView;

  @Field(() => PolicyReachView, {
    description:
      "The numbers by what the policy would allow at once after the change. An entitlement that expires thereby stays expired, whatever the policy allows later.",
  })
  after!: PolicyReachView;
}
