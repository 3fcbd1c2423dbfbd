import { Field, ID, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import type { ExpiryCause } from "../../../rules/entitlement-rules";
import { isModeDifferent } from "../../../rules/lms/reconcile-rules";
import type { Context } from "../../context";
import { ExpiryCauseEnum } from "../../enums";
import { atInstant } from "../past";
import { DateTimeScalar } from "../../scalars";
import { CourseEnrollmentView, toEnrollmentView } from "../course-enrollment";
import { CourseEntitlementPolicyView, toPolicyView } from "../policies/course-entitlement-policy";
import { EntitlementDecisions } from "./entitlement-decisions";
import { FreshnessView, toFreshness } from "./freshness";
import { Node } from "../node";
import { UserView } from "../user";

/** An entitlement at one instant: the stored facts, and the decisions of the rules. */
@ObjectType("CourseEntitlement", {
  implements: Node,
  description: "A learner's right to take one run of a course in a paid mode.",
  simpleResolvers: true,
})
export class CourseEntitlementView extends EntitlementDecisions implements Node {
  @Field(() => ID, { description: "The UUID of the entitlement, which shops store." })
  get id(): string {
    return this.facts.id;
  }

  @Field(() => UserView, {
    nullable: true,
    description:
      "The learner who has the entitlement; null in a past state whose learner's account has been deleted since.",
  })
  get user(): UserView | null {
    const { userId, username } = this.facts;
    return username === null ? null : atInstant({ id: userId, username }, this.context.asOf);
  }

  @Field(() => ID, { description: "The UUID of the course; the run is chosen when redeeming." })
  get courseUuid(): string {
    return this.facts.courseUuid;
  }

  @Field(() => String, { description: "The course mode of the enrollment, such as `verified`." })
  get mode(): string {
    return this.facts.mode;
  }

  @Field(() => String, {
    nullable: true,
    description: "The number of the shop's order; null when the entitlement has no order.",
  })
  get orderNumber(): string | null {
    return this.facts.orderNumber;
  }

  @Field(() => Boolean, { description: "Whether refunds are locked, so that `unenrollAndRefund` refuses." })
  get isRefundLocked(): boolean {
    return this.facts.refundLocked;
  }

  @Field(() => DateTimeScalar, { description: "The instant at which the entitlement was created." })
  get createdAt(): Date {
    return this.facts.createdAt;
  }

  @Field(() => DateTimeScalar, { description: "The instant of the last change of the entitlement." })
  get modifiedAt(): Date {
    return this.facts.modifiedAt;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant of expiry as stored; null when no expiry is stored, even if `isExpired` is true because the expiry is due.",
  })
  get expiredAt(): Date | null {
    return this.facts.expiredAt;
  }

  @Field(() => ExpiryCauseEnum, {
    nullable: true,
    description:
      "The reason why the entitlement expired; null when no expiry is stored, and when an import does not tell the reason.",
  })
  get expiryCause(): ExpiryCause | null {
    return this.facts.expiryCause;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the entitlement was first redeemed for its run; null when it is not redeemed, and when an import does not tell the instant.",
  })
  get redeemedAt(): Date | null {
    return this.facts.redeemedAt;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which an agent last renewed the entitlement, from which its expiration period counts; null when nobody has.",
  })
  get renewedAt(): Date | null {
    return this.facts.renewedAt;
  }

  @Field(() => CourseEntitlementPolicyView, {
    description:
      "The policy of the entitlement, or the default policy, whose periods are the present settings of the installation.",
  })
  get policy(): CourseEntitlementPolicyView {
    return atInstant(toPolicyView(this.facts.policy, this.context.defaultPeriods), this.context.asOf);
  }

  @Field(() => CourseEnrollmentView, {
    nullable: true,
    description: "The enrollment for which the entitlement is redeemed; null when there is none.",
  })
  get enrollment(): CourseEnrollmentView | null {
    const { enrollment } = this.known;
    return enrollment && toEnrollmentView(enrollment, this.context.asOf);
  }

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the LMS has the enrollment in another mode than that of the entitlement, so that support should look into it. For support, staff and auditors.",
  })
  get isEnrollmentModeDifferent(): boolean | null {
    return isModeDifferent(this.facts.mode, this.known.enrollment);
  }

  @Field(() => FreshnessView, {
    description: "The age of what the entitlement shows of the LMS and of its catalog.",
  })
  get freshness(): FreshnessView {
    return toFreshness(this.facts, this.context.hasLms, this.context.now);
  }
}

/** An entitlement as clients see it, at the instant of the request, or as it was at an earlier one. */
export function toEntitlement(
  { app, now, messages }: Context,
  facts: EntitlementFacts,
  asOf?: Date | null,
): CourseEntitlementView {
  const { defaultPeriods, freeModes, expirationAlertDays, refund } = app.config;
  const view = new CourseEntitlementView(facts, {
    now: asOf ?? now,
    asOf: asOf ?? null,
    defaultPeriods,
    freeModes,
    expirationAlertDays,
    handlesRefunds: refund.isHandled,
    hasLms: !app.openEdx.isEmbedded,
    messages,
  });
  return atInstant(view, asOf ?? null);
}
