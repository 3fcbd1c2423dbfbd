import { IsOptional, Matches, ValidateNested } from "class-validator";
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import {
  countEnrollmentCalls,
  enrollmentCallsById,
  findEnrollmentCalls,
  type EnrollmentCallCriteria,
} from "../../../reads/lms/enrollment-calls";
import type { CallState } from "../../../rules/lms/enrollment-call-rules";
import type { PageRequest } from "../../../store/rows/page";
import type { Context } from "../../context";
import { LMS_USER_ID } from "../../../rules/accounts/retired-names";
import { EntitlementPartFilter, SomeOf } from "../../inputs";
import { connectionOf, createdKey, PageArgs } from "../../pages/connection";
import { Cursors } from "../../pages/cursors";
import { DateTimeScalar } from "../../scalars";
import { CourseEnrollmentView } from "../../types/course-enrollment";
import {
  EnrollmentCallConnection,
  EnrollmentCallStateEnum,
  EnrollmentCallView,
  toEnrollmentCallView,
} from "../../types/enrollment-call";
import { CourseEntitlementView } from "../../types/entitlements/course-entitlement";
import { entitlementOf } from "../../types/entitlements/entitlement-of.resolver";

const CURSORS = new Cursors("enrollmentCalls.CREATED_AT.DESC", "instant");

@InputType({ description: "Conditions on calls to the LMS. A call must meet every condition that is given." })
export class EnrollmentCallFilter extends EntitlementPartFilter implements EnrollmentCallCriteria {
  @Field(() => [EnrollmentCallStateEnum], {
    nullable: true,
    description: "The states of the call, of which one must match.",
  })
  @IsOptional()
  @SomeOf(EnrollmentCallStateEnum)
  states?: CallState[] | null;

  @Field(() => ID, { nullable: true, description: "The LMS user id of the learner." })
  @IsOptional()
  @Matches(LMS_USER_ID, { message: "must be a positive whole number" })
  userId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The earliest instant of the decision, inclusive.",
  })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The latest instant of the decision, exclusive.",
  })
  createdBefore?: Date | null;
}

@ArgsType()
export class EnrollmentCallsArgs extends PageArgs {
  @Field(() => EnrollmentCallFilter, {
    nullable: true,
    defaultValue: { states: ["NEEDS_REVIEW"] },
    description:
      "The conditions on the calls to list; without it, the calls that need a review, and with null, all calls.",
  })
  @IsOptional()
  @ValidateNested()
  filter?: EnrollmentCallFilter | null;
}

@Resolver(() => EnrollmentCallView)
export class EnrollmentCallResolver {
  @Query(() => EnrollmentCallConnection, {
    nullable: true,
    description:
      "Lists the calls by which the LMS is asked to change enrollments, the newest first; without a filter, those that need a review. For support, staff and auditors.",
  })
  async enrollmentCalls(
    @Args() { filter, ...args }: EnrollmentCallsArgs,
    @Ctx() { app }: Context,
  ): Promise<EnrollmentCallConnection> {
    const criteria = filter ?? {};
    const read = (page: PageRequest) => findEnrollmentCalls(app.db, criteria, page);
    const list = { cursors: CURSORS, keyOf: createdKey, toNode: toEnrollmentCallView, read };
    return { ...(await connectionOf(list, args)), count: () => countEnrollmentCalls(app.db, criteria) };
  }

  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description:
      "The entitlement whose change the LMS is asked for, in its present state, which is PENDING_ENROLLMENT while it waits for the call; null when the entitlement has been deleted.",
  })
  async entitlement(
    @Root() { entitlementId }: EnrollmentCallView,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    return entitlementId === null ? null : entitlementOf(context, entitlementId);
  }
}

/** The calls about enrollments: one statement for all enrollments of a request. */
@Resolver(() => CourseEnrollmentView)
export class EnrollmentOfCallResolver {
  @FieldResolver(() => EnrollmentCallView, {
    nullable: true,
    description:
      "The latest call by which the LMS was asked to change the enrollment, whatever its state; null when it never was. For support, staff and auditors.",
  })
  async call(
    @Root() { id }: CourseEnrollmentView,
    @Ctx() { app, loaders }: Context,
  ): Promise<EnrollmentCallView | null> {
    const calls = loaders.named("enrollmentCalls", (ids) => enrollmentCallsById(app.db, ids));
    const facts = await calls.load(id);
    return facts && toEnrollmentCallView(facts);
  }
}
