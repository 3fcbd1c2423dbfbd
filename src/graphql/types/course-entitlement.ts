import { Field, ID, Int, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { standingOf } from "../../reads/entitlements";
import * as rules from "../../rules/entitlement-rules";
import { EntitlementStateEnum, RedeemBlockerEnum, RefundBlockerEnum, RegainBlockerEnum } from "../enums";
import { DateScalar, DateTimeScalar } from "../scalars";
import { CourseEnrollmentView, toEnrollmentView } from "./course-enrollment";
import { CourseEntitlementPolicyView, toPolicyView } from "./course-entitlement-policy";
import { Node } from "./node";
import { UserView } from "./user";

/** What decisions are taken with, besides the facts. */
export interface DecisionContext {
  now: Date;
  /** The earlier instant that the facts are of; null when they are of now. */
  asOf: Date | null;
  defaultPeriods: rules.Periods;
  expirationAlertDays: number;
}

/** An entitlement at one instant: what is stored, and what the rules make of it. */
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

  @Field(() => ID, { description: "Its UUID, which shops store." })
  get id(): string {
    return this.facts.id;
  }

  @Field(() => UserView, {
    nullable: true,
    description: "The learner; null in the past of a deleted account.",
  })
  get user(): UserView | null {
    const { userId, username } = this.facts;
    return username === null ? null : { id: userId, username };
  }

  @Field(() => ID, { description: "The course it is for; the run is chosen when it is spent." })
  get courseUuid(): string {
    return this.facts.courseUuid;
  }

  @Field(() => String, { description: "The course mode it enrolls in, such as `verified`." })
  get mode(): string {
    return this.facts.mode;
  }

  @Field(() => String, {
    nullable: true,
    description: "The shop's order; null when it was granted without one.",
  })
  get orderNumber(): string | null {
    return this.facts.orderNumber;
  }

  @Field(() => Boolean, { description: "Whether support has ruled out a refund." })
  get isRefundLocked(): boolean {
    return this.facts.refundLocked;
  }

  @Field(() => DateTimeScalar, { description: "When it was created." })
  get createdAt(): Date {
    return this.facts.createdAt;
  }

  @Field(() => DateTimeScalar, { description: "When it was last changed." })
  get modifiedAt(): Date {
    return this.facts.modifiedAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: "When it expired, as stored." })
  get expiredAt(): Date | null {
    return this.facts.expiredAt;
  }

  @Field(() => Boolean, {
    description:
      "Whether it has expired: stored as `expiredAt`, or due by its policy or a certificate at this moment.",
  })
  get isExpired(): boolean {
    return this.facts.expiredAt !== null || rules.isExpiryDue(this.standing, this.periods, this.context.now);
  }

  @Field(() => EntitlementStateEnum, { description: "The condition it is in." })
  get state(): rules.EntitlementState {
    return rules.entitlementState(this.standing, this.periods, this.context.now);
  }

  @Field(() => CourseEntitlementPolicyView, { description: "The policy it is under, or the default one." })
  get policy(): CourseEntitlementPolicyView {
    return toPolicyView(this.facts.policy, this.context.defaultPeriods);
  }

  @Field(() => CourseEnrollmentView, { nullable: true, description: "The enrollment it was spent on." })
  get enrollment(): CourseEnrollmentView | null {
    return this.facts.enrollment && toEnrollmentView(this.facts.enrollment);
  }

  @Field(() => Int, { description: "Whole days since it was created, rounded down." })
  get daysSinceCreated(): number {
    return rules.daysSinceCreated(this.standing, this.context.now);
  }

  @Field(() => Int, {
    nullable: true,
    description: "Whole days until it expires, rounded down; negative afterwards.",
  })
  get daysUntilExpiration(): number {
    return rules.daysUntilExpiration(this.standing, this.periods, this.context.now);
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "Until when it lasts if nothing else happens, and until when its session can be changed; null once its expiry is stored.",
  })
  get expiresAt(): Date | null {
    return rules.expiresAt(this.standing, this.periods);
  }

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The date to warn of, once the alert period before it has begun: today plus the whole days left; also afterwards, as in Open edX.",
  })
  get expirationDate(): string | null {
    const { now, expirationAlertDays } = this.context;
    return rules.expirationDate(this.standing, this.periods, now, expirationAlertDays);
  }

  @Field(() => Boolean, { description: "Whether it can be spent on a run." })
  get isRedeemable(): boolean {
    return this.redeemBlocker === null;
  }

  @Field(() => RedeemBlockerEnum, {
    nullable: true,
    description: "Why it cannot be spent; null when it can.",
  })
  get redeemBlocker(): rules.RedeemBlocker | null {
    return rules.redeemBlocker(this.standing, this.periods, this.context.now);
  }

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the learner can leave the run and have it back; through the last day of the regain period.",
  })
  get isRegainable(): boolean {
    return this.regainBlocker === null;
  }

  @Field(() => RegainBlockerEnum, {
    nullable: true,
    description: "Why it cannot be had back; null when it can.",
  })
  get regainBlocker(): rules.RegainBlocker | null {
    return rules.regainBlocker(this.standing, this.periods, this.context.now);
  }

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the order can be paid back; through the last day of the refund period.",
  })
  get isRefundable(): boolean {
    return this.refundBlocker === null;
  }

  @Field(() => RefundBlockerEnum, {
    nullable: true,
    description: "Why it cannot be paid back; null when it can.",
  })
  get refundBlocker(): rules.RefundBlocker | null {
    return rules.refundBlocker(this.standing, this.periods, this.context.now);
  }
}
