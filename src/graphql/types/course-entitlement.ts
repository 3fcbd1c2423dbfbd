import { Field, ID, Int, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { standingOf } from "../../reads/entitlements";
import * as rules from "../../rules/entitlement-rules";
import { EntitlementStateEnum, RedeemBlockerEnum, RefundBlockerEnum, RegainBlockerEnum } from "../enums";
import { DateScalar, DateTimeScalar } from "../scalars";
import { CourseEnrollmentView, toEnrollmentView } from "./course-enrollment";
import { CourseEntitlementPolicyView, toPolicyView } from "./course-entitlement-policy";
import type { DecisionContext } from "./decision-context";
import { Node } from "./node";
import { UserView } from "./user";

/** An entitlement at one instant: the stored facts, and the decisions of the rules. */
@ObjectType("CourseEntitlement", {
  implements: Node,
  description: "A learner's right to take one run of a course in a paid mode.",
  simpleResolvers: true,
})
export class CourseEntitlementView implements Node {
  private readonly standing: rules.Standing;
  private readonly periods: rules.Periods;

  constructor(
    readonly facts: EntitlementFacts,
    readonly context: DecisionContext,
  ) {
    this.standing = standingOf(facts);
    this.periods = facts.policy ?? context.defaultPeriods;
  }

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
    return username === null ? null : { id: userId, username };
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

  @Field(() => Boolean, {
    description:
      "Whether the entitlement has expired: `expiredAt` is stored, or the expiry is due because a period of the policy is over or because of a certificate for the run.",
  })
  get isExpired(): boolean {
    return this.facts.expiredAt !== null || rules.isExpiryDue(this.standing, this.periods, this.context.now);
  }

  @Field(() => EntitlementStateEnum, { description: "The lifecycle state of the entitlement." })
  get state(): rules.EntitlementState {
    return rules.entitlementState(this.standing, this.periods, this.context.now);
  }

  @Field(() => CourseEntitlementPolicyView, {
    description: "The policy of the entitlement, or the default policy.",
  })
  get policy(): CourseEntitlementPolicyView {
    return toPolicyView(this.facts.policy, this.context.defaultPeriods);
  }

  @Field(() => CourseEnrollmentView, {
    nullable: true,
    description: "The enrollment for which the entitlement is redeemed; null when there is none.",
  })
  get enrollment(): CourseEnrollmentView | null {
    return this.facts.enrollment && toEnrollmentView(this.facts.enrollment);
  }

  @Field(() => Int, { description: "The number of whole days since the creation, rounded down." })
  get daysSinceCreated(): number {
    return rules.daysSinceCreated(this.standing, this.context.now);
  }

  @Field(() => Int, {
    nullable: true,
    description:
      "The number of whole days until the entitlement expires, rounded down; negative afterwards. For a redeemed entitlement, the end of the regain period counts when it is earlier.",
  })
  get daysUntilExpiration(): number {
    return rules.daysUntilExpiration(this.standing, this.periods, this.context.now);
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the entitlement will expire if nothing else happens; for a redeemed one, also the instant after which its session can no longer be changed. Null once an expiry is stored.",
  })
  get expiresAt(): Date | null {
    return rules.expiresAt(this.standing, this.periods);
  }

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The expiration date to show in a warning: today plus `daysUntilExpiration`. Null until fewer days than the alert period of the installation are left; still given after the expiry, as in Open edX.",
  })
  get expirationDate(): string | null {
    const { now, expirationAlertDays } = this.context;
    return rules.expirationDate(this.standing, this.periods, now, expirationAlertDays);
  }

  @Field(() => Boolean, { description: "Whether `enrollAndFulfill` can redeem the entitlement." })
  get isRedeemable(): boolean {
    return this.redeemBlocker === null;
  }

  @Field(() => RedeemBlockerEnum, {
    nullable: true,
    description: "The reason why `enrollAndFulfill` would refuse; null when it can redeem the entitlement.",
  })
  get redeemBlocker(): rules.RedeemBlocker | null {
    return rules.redeemBlocker(this.standing, this.periods, this.context.now);
  }

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the learner can leave the run with `leaveSession` or change it with `switchSession`; true through the last day of the regain period.",
  })
  get isRegainable(): boolean {
    return this.regainBlocker === null;
  }

  @Field(() => RegainBlockerEnum, {
    nullable: true,
    description:
      "The reason why the learner cannot leave or change the run; null when `leaveSession` is possible.",
  })
  get regainBlocker(): rules.RegainBlocker | null {
    return rules.regainBlocker(this.standing, this.periods, this.context.now);
  }

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether `unenrollAndRefund` can request a refund of the order; true through the last day of the refund period.",
  })
  get isRefundable(): boolean {
    return this.refundBlocker === null;
  }

  @Field(() => RefundBlockerEnum, {
    nullable: true,
    description: "The reason why no new refund can be requested with `unenrollAndRefund`; null when one can.",
  })
  get refundBlocker(): rules.RefundBlocker | null {
    return rules.refundBlocker(this.standing, this.periods, this.context.now);
  }
}
