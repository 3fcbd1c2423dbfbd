import { Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { MoveOverride } from "../../../rules/session-rules";
import { moveSession } from "../../../use-cases/sessions/move-session";
import type { Context } from "../../context";
import { publish } from "../../enums";
import { SomeOf } from "../../inputs";
import { CommandInput, Input } from "../../payload";
import { CourseRunKey, Reason, SeenHistoryEntry, Uuid } from "../inputs";
import { changeEntitlement, EntitlementPayload } from "../shared";

const MoveOverrideEnum = publish<MoveOverride>(
  "MoveOverride",
  "A reason against a move that an agent overrides. Each has the name of the blocker.",
  {
    REGAIN_PERIOD_OVER: "The regain period is over, so that the learner could not leave the run alone.",
    UPGRADE_DEADLINE_PASSED: "The upgrade deadline of the new run has passed.",
    ENROLLMENT_NOT_OPEN: "The enrollment period of the new run has not begun.",
    ENROLLMENT_CLOSED: "The enrollment period of the new run is over.",
    COURSE_FULL: "The new run is full, and the learner gets a place beyond its limit.",
  },
);

@InputType({ description: "The input fields of `moveSession`." })
export class MoveSessionInput extends CommandInput {
  @Uuid("The UUID of the entitlement whose learner is moved.")
  entitlementId!: string;

  @CourseRunKey("The key of the new course run, such as `course-v1:DemoX+101+2026`.")
  courseRunKey!: string;

  @Field(() => [MoveOverrideEnum], {
    defaultValue: [],
    description: "The reasons against the move that the agent overrides; none unless they are given.",
  })
  @SomeOf(MoveOverrideEnum)
  override!: MoveOverride[];

  @Reason("The agent's comments on the change")
  comments!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@ObjectType({ description: "The result of `moveSession`.", simpleResolvers: true })
export class MoveSessionPayload extends EntitlementPayload {}

@Resolver()
export class MoveSessionMutation {
  @Mutation(() => MoveSessionPayload, {
    nullable: true,
    description:
      "Moves the learner of an entitlement to another run of the course, also beyond a deadline that the agent overrides. When the new run is refused, the learner stays in the current run. The order is refundable afterwards only if it was before. For support and staff.",
  })
  moveSession(
    @Input(() => MoveSessionInput, "The entitlement, the run to move to, and the comments of the agent.")
    input: MoveSessionInput,
    @Ctx() context: Context,
  ): Promise<MoveSessionPayload> {
    return changeEntitlement(context, moveSession, input);
  }
}
