import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { RefundRequestBlocker } from "../../../rules/entitlement-rules";
import {
  recordUnenrollment,
  type RecordUnenrollment,
  type UnenrollmentOutcome,
} from "../../../use-cases/sessions/record-unenrollment";
import { publish, RefundBlockerEnum } from "../../enums";
import type { Context } from "../../context";
import { CommandInput, Input, payload } from "../../payload";
import { toEntitlement } from "../../types/entitlements/course-entitlement";
import { toRefundView } from "../../types/refunds/refund";
import { CourseRunKey, LmsUserId, Username } from "../inputs";
import { RefundPayload } from "../shared";

const UnenrollmentRefundEnum = publish<RecordUnenrollment["refund"]>(
  "UnenrollmentRefund",
  "Whether an order is refunded when the learner was taken out of the run.",
  {
    KEEP: "The learner can redeem the entitlement again; the order is not refunded.",
    REFUND:
      "The order is refunded if that was possible until then. Otherwise the learner keeps the entitlement, and `refundBlocker` gives the reason.",
  },
);

const UnenrollmentOutcomeEnum = publish<UnenrollmentOutcome>(
  "UnenrollmentOutcome",
  "The outcome of the message that a learner was taken out of a run.",
  {
    CHANGED: "The end of the enrollment was recorded; in a dry run, it would be recorded.",
    UNCHANGED: "The end of the enrollment was known already.",
    STILL_ENROLLED: "The LMS says that the learner is enrolled in the run, and that was recorded instead.",
    WAITING:
      "A refund of the order is pending, or the server has asked the LMS to change the enrollment itself; the outcome of that comes first.",
  },
);

@InputType({ description: "The input fields of `recordUnenrollment`." })
export class RecordUnenrollmentInput extends CommandInput {
  @Username("The username of the learner, in upper or lower case.")
  username?: string | null;

  @LmsUserId(
    "The LMS user id of the learner, which never changes, instead of the username or beside it; then both must be the same learner's.",
  )
  userId?: string | null;

  @CourseRunKey("The key of the course run that the learner was taken out of.")
  courseRunKey!: string;

  @Field(() => UnenrollmentRefundEnum, { description: "Whether to refund the order." })
  refund!: RecordUnenrollment["refund"];
}

@ObjectType({ description: "The result of `recordUnenrollment`.", simpleResolvers: true })
export class RecordUnenrollmentPayload extends RefundPayload {
  @Field(() => UnenrollmentOutcomeEnum, {
    nullable: true,
    description: "The outcome of the message; null when the mutation was refused.",
  })
  outcome?: UnenrollmentOutcome | null;

  @Field(() => RefundBlockerEnum, {
    nullable: true,
    description:
      "The reason why the order was not refunded although that was asked for; null when it was refunded, when that was not asked for, and when no entitlement was redeemed for the run.",
  })
  refundBlocker?: RefundRequestBlocker | null;
}

@Resolver()
export class RecordUnenrollmentMutation {
  @Mutation(() => RecordUnenrollmentPayload, {
    nullable: true,
    description:
      "Records that a learner was taken out of a course run in the LMS, so that no entitlement is redeemed for the run any longer. Where the server is connected with an LMS, it asks the LMS whether that is true; a dry run supposes that it is. A second time changes nothing. For services and staff.",
  })
  recordUnenrollment(
    @Input(() => RecordUnenrollmentInput, "The learner and the run, and whether to refund the order.")
    input: RecordUnenrollmentInput,
    @Ctx() context: Context,
  ): Promise<RecordUnenrollmentPayload> {
    return payload(context, input, async (call, given) => {
      const { entitlement, refund, ...told } = await recordUnenrollment(call, given);
      return {
        ...told,
        entitlement: entitlement && toEntitlement(context, entitlement),
        refund: refund && toRefundView(refund),
      };
    });
  }
}
