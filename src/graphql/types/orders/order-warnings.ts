import { FieldResolver } from "type-graphql";
import { uselessnessWarnings, type OrderWarning, type UselessnessWarning } from "../../../rules/order-rules";
import type { Context } from "../../context";
import type { CourseEntitlementView } from "../entitlements/course-entitlement";
import { publish } from "../../enums";

/** What a shop should know of an order. */
export const OrderWarningEnum = publish<OrderWarning>(
  "OrderWarning",
  "A fact that a shop should know before it sells a course to a learner. The order can be fulfilled all the same, unless the policy leaves no time.",
  {
    COURSE_UNKNOWN: "The catalog contains no run of the course.",
    MODE_NOT_OFFERED:
      "No run of the course is sold in this mode, so that the entitlement cannot be redeemed.",
    LEARNER_INACTIVE: "The account of the learner is not active, so that nobody can redeem the entitlement.",
    EXPIRATION_PERIOD_OVER:
      "The policy of a new entitlement leaves no time to redeem it, so that the order is refused.",
    ALREADY_ENTITLED: "The learner has an entitlement for the course that has not expired.",
    ALREADY_ENROLLED: "The learner is enrolled in a run of the course in a mode that is not free.",
    CERTIFICATE_EARNED: "The learner has earned a certificate in a run of the course.",
  },
);

/** The field of a payload that tells what is wrong with an entitlement that its learner was given all the same. */
export function Warnings(): MethodDecorator {
  return FieldResolver(() => [OrderWarningEnum], {
    nullable: true,
    description:
      "The reasons why the learner cannot redeem the entitlement although the mutation has succeeded, such as a course that the catalog does not contain; empty without any, null without an entitlement.",
  });
}

/** What keeps the learner of a payload's entitlement from redeeming it. */
export async function warningsOf(
  { entitlement }: { entitlement?: CourseEntitlementView | null },
  { loaders }: Context,
): Promise<UselessnessWarning[] | null> {
  if (!entitlement) return null;
  const { facts } = entitlement;
  const sessions = await loaders.sessions.load(facts);
  return uselessnessWarnings(facts.mode, sessions, facts.isLearnerActive === true);
}
