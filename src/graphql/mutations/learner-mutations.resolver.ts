import { IsUUID, Matches, MaxLength } from "class-validator";
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { enrollAndFulfill } from "../../use-cases/sessions/enroll-and-fulfill";
import { enrollIfEntitled } from "../../use-cases/sessions/enroll-if-entitled";
import { leaveSession } from "../../use-cases/sessions/leave-session";
import type { Call } from "../../use-cases/command";
import { switchSession } from "../../use-cases/sessions/switch-session";
import { toEntitlement, type Context } from "../context";
import { length, UUID } from "../inputs";
import { Payload, payload } from "../payload";
import { CourseEntitlementView } from "../types/course-entitlement";

const COURSE_RUN_KEY =
  /^(course-v1:[\p{L}\p{N}_\-~.:]+\+[\p{L}\p{N}_\-~.:]+\+[\p{L}\p{N}_\-~.:]+|[\w.\-%]+\/[\w.\-%]+\/[\w.\-%]+)$/u;
const RUN_KEY = { message: "must be a course key, such as course-v1:org+course+run" };

@InputType({ description: "Which run." })
export class EnrollIfEntitledInput {
  @Field({ description: "The course key of the run." })
  @MaxLength(255, length(255))
  @Matches(COURSE_RUN_KEY, RUN_KEY)
  courseRunKey!: string;
}

@InputType({ description: "Which entitlement to spend, on which run." })
export class EnrollAndFulfillInput extends EnrollIfEntitledInput {
  @Field(() => ID, { description: "The entitlement." })
  @IsUUID("all", UUID)
  entitlementId!: string;
}

@InputType({ description: "Which entitlement, and the run to have instead." })
export class SwitchSessionInput extends EnrollAndFulfillInput {}

@InputType({ description: "Which entitlement." })
export class LeaveSessionInput {
  @Field(() => ID, { description: "The entitlement." })
  @IsUUID("all", UUID)
  entitlementId!: string;
}

/** Payloads of commands that change one entitlement. */
@ObjectType({ simpleResolvers: true })
export abstract class EntitlementPayload extends Payload {
  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement as it stands now; null when refused.",
  })
  entitlement?: CourseEntitlementView | null;
}

@ObjectType({ description: "What came of spending an entitlement.", simpleResolvers: true })
export class EnrollAndFulfillPayload extends EntitlementPayload {}

@ObjectType({
  description: "Whether an entitlement was spent: none is null, without an error.",
  simpleResolvers: true,
})
export class EnrollIfEntitledPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of exchanging the run.", simpleResolvers: true })
export class SwitchSessionPayload extends EntitlementPayload {}

@ObjectType({ description: "What came of leaving the run.", simpleResolvers: true })
export class LeaveSessionPayload extends EntitlementPayload {}

@Resolver()
export class LearnerMutations {
  @Mutation(() => EnrollAndFulfillPayload, {
    nullable: true,
    description:
      "Spends an entitlement on a run: enrolls the learner in its mode, upgrading a free enrollment.",
  })
  enrollAndFulfill(
    @Arg("input", () => EnrollAndFulfillInput, { description: "Which, and on which run." })
    input: EnrollAndFulfillInput,
    @Ctx() context: Context,
  ): Promise<EnrollAndFulfillPayload> {
    return changed(context, (request) => enrollAndFulfill(request, input));
  }

  @Mutation(() => EnrollIfEntitledPayload, {
    nullable: true,
    description:
      "Spends your newest usable entitlement on a run, if there is one: the first thing an enroll button does.",
  })
  enrollIfEntitled(
    @Arg("input", () => EnrollIfEntitledInput, { description: "Which run." })
    input: EnrollIfEntitledInput,
    @Ctx() context: Context,
  ): Promise<EnrollIfEntitledPayload> {
    return changed(context, (request) => enrollIfEntitled(request, input));
  }

  @Mutation(() => SwitchSessionPayload, {
    nullable: true,
    description: "Exchanges the run for another of the course: both or neither.",
  })
  switchSession(
    @Arg("input", () => SwitchSessionInput, { description: "Which, and for which run." })
    input: SwitchSessionInput,
    @Ctx() context: Context,
  ): Promise<SwitchSessionPayload> {
    return changed(context, (request) => switchSession(request, input));
  }

  @Mutation(() => LeaveSessionPayload, {
    nullable: true,
    description: "Leaves the run and gets the entitlement back; never refunds.",
  })
  leaveSession(
    @Arg("input", () => LeaveSessionInput, { description: "Which." })
    input: LeaveSessionInput,
    @Ctx() context: Context,
  ): Promise<LeaveSessionPayload> {
    return changed(context, (request) => leaveSession(request, input));
  }
}

/** Runs a command on one entitlement and shows how it stands afterwards. */
export function changed(
  context: Context,
  command: (call: Call) => Promise<EntitlementFacts | null>,
): Promise<EntitlementPayload> {
  return payload(async () => {
    const facts = await command(context);
    return { entitlement: facts && toEntitlement(context, facts) };
  });
}
