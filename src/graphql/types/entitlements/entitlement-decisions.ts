import { Field, Int, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import { choosingOf } from "../../../reads/decisions/choosing";
import * as deadlines from "../../../rules/deadlines";
import { entitlementState, isExpired, type EntitlementState } from "../../../rules/entitlement-state";
import * as rules from "../../../rules/entitlement-rules";
import type { Choosing } from "../../../rules/session-rules";
import { EntitlementStateEnum, RedeemBlockerEnum, RefundBlockerEnum, RegainBlockerEnum } from "../../enums";
import { untold } from "../past";
import type { DecisionContext } from "./decision-context";
import { DateScalar, DateTimeScalar } from "../../scalars";

/** The fields of an entitlement that the rules decide, at one instant. */
@ObjectType({ simpleResolvers: true })
export abstract class EntitlementDecisions {
  private decided: Choosing | undefined;

  constructor(
    readonly facts: EntitlementFacts,
    readonly context: DecisionContext,
  ) {}

  /** What is stored of it and of its enrollment; refused where that was recorded only after the instant. */
  protected get known(): EntitlementFacts {
    if (this.facts.isEnrollmentUntold) throw untold("enrollment");
    return this.facts;
  }

  /** The entitlement as the rules of sessions see it. */
  get choosing(): Choosing {
    return (this.decided ??= choosingOf(this.known, this.context));
  }

  private get standing(): rules.Standing {
    return this.choosing.standing;
  }

  private get periods(): rules.Periods {
    return this.choosing.periods;
  }

  @Field(() => Boolean, {
    description:
      "Whether the entitlement has expired: `expiredAt` is stored, or the expiry is due because a period of the policy is over or because of a certificate for the run. It has not expired exactly when its state is AVAILABLE or FULFILLED_CHANGEABLE, or PENDING_ENROLLMENT without an `expiredAt`: an agent can move an expired entitlement, which stays expired.",
  })
  get isExpired(): boolean {
    return isExpired(this.standing, this.periods, this.context.now);
  }

  @Field(() => EntitlementStateEnum, { description: "The lifecycle state of the entitlement." })
  get state(): EntitlementState {
    return entitlementState(this.standing, this.periods, this.context.now);
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
    return deadlines.expiresAt(this.standing, this.periods);
  }

  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The expiration date to show in a warning: today plus `daysUntilExpiration`. Null until fewer days than the alert period of the installation are left; still given after the expiry, as in Open edX.",
  })
  get expirationDate(): string | null {
    const { now, expirationAlertDays } = this.context;
    return deadlines.expirationDate(this.standing, this.periods, now, expirationAlertDays);
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

  @Field(() => String, {
    nullable: true,
    description:
      "The reason of `redeemBlocker` as a sentence for the learner, in the language of `Accept-Language` where there is a translation; null without a blocker.",
  })
  get redeemBlockerMessage(): string | null {
    return this.redeemBlocker && this.context.messages.redeem[this.redeemBlocker];
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The first instant at which the entitlement can no longer be redeemed, unless something else happens before; null when it cannot be redeemed now.",
  })
  get redeemableUntil(): Date | null {
    return deadlines.redeemableUntil(this.standing, this.periods, this.context.now);
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

  @Field(() => String, {
    nullable: true,
    description:
      "The reason of `regainBlocker` as a sentence for the learner, in the language of `Accept-Language` where there is a translation; null without a blocker.",
  })
  get regainBlockerMessage(): string | null {
    return this.regainBlocker && this.context.messages.regain[this.regainBlocker];
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The first instant at which the learner can no longer leave or change the run, unless something else happens before; null when the learner cannot now.",
  })
  get regainableUntil(): Date | null {
    return deadlines.regainableUntil(this.standing, this.periods, this.context.now);
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
  get refundBlocker(): rules.RefundRequestBlocker | null {
    const { now, handlesRefunds } = this.context;
    return rules.refundRequestBlocker(this.standing, this.periods, now, handlesRefunds);
  }

  @Field(() => String, {
    nullable: true,
    description:
      "The reason of `refundBlocker` as a sentence for the learner, in the language of `Accept-Language` where there is a translation; null without a blocker.",
  })
  get refundBlockerMessage(): string | null {
    return this.refundBlocker && this.context.messages.refund[this.refundBlocker];
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The first instant at which the order can no longer be refunded, unless something else happens before; null when it cannot be refunded now.",
  })
  get refundableUntil(): Date | null {
    if (!this.isRefundable) return null;
    return deadlines.refundableUntil(this.standing, this.periods, this.context.now);
  }
}
