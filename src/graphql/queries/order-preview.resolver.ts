import { ArrayMaxSize, ArrayMinSize } from "class-validator";
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql";
import { enrollmentsInCourses } from "../../reads/enrollments";
import { entitlementsForCourses } from "../../reads/entitlements";
import { choosingForNew } from "../../reads/decisions/choosing-for-new";
import { isModeSold, sessionsOfCourses } from "../../reads/sessions";
import { accountOf } from "../../reads/accounts/users";
import { orderEffect, orderWarnings } from "../../rules/order-rules";
import { learnerNamed } from "../../use-cases/learner";
import { badInput } from "../bad-input";
import { timeOf, type Context } from "../context";
import { IsText, IsUuids } from "../inputs";
import { LmsUserId, Username } from "../mutations/inputs";
import { toCourse } from "../types/catalog";
import { toCourseRun } from "../types/course";
import { toEnrollmentView } from "../types/course-enrollment";
import { toEntitlement } from "../types/entitlements/course-entitlement";
import { OrderPreviewView } from "../types/orders/order-preview";

const COURSES_AT_MOST = 25;
const COURSES = { message: `must hold from 1 to ${COURSES_AT_MOST}` };

@ArgsType()
class OrderPreviewArgs {
  @Username("The username of the learner, in upper or lower case; required without `userId`.")
  username?: string | null;

  @LmsUserId(
    "The LMS user id of the learner, which never changes, instead of the username or beside it; then both must be the same learner's.",
  )
  userId?: string | null;

  @Field(() => [ID], {
    description: `The UUIDs of the courses of the order, from 1 to ${COURSES_AT_MOST}.`,
  })
  @ArrayMinSize(1, COURSES)
  @ArrayMaxSize(COURSES_AT_MOST, COURSES)
  @IsUuids()
  courseUuids!: string[];

  @Field({ description: "The course mode of the order, which must be a mode that is sold." })
  @IsText(100)
  mode!: string;
}

@Resolver()
export class OrderPreviewResolver {
  @Query(() => [OrderPreviewView], {
    nullable: true,
    description:
      "Tells for each course of an order what the learner has of it already and what `fulfillOrder` would do, in the order of `courseUuids`; null when there is no such learner. For services, support, staff and auditors.",
  })
  async orderPreview(
    @Args() { courseUuids, mode, ...reference }: OrderPreviewArgs,
    @Ctx() context: Context,
  ): Promise<OrderPreviewView[] | null> {
    const { app, now } = context;
    const { config, db } = app;
    if (!(await isModeSold(db, config.paidModes, mode)))
      throw badInput("mode", "must be a course mode that is sold");
    if ((reference.username ?? reference.userId ?? null) === null)
      throw badInput("username", "must be given, or userId");
    const user = await learnerNamed(db, reference);
    if (!user) return null;
    const asked = courseUuids.map((key) => ({ userId: user.id, key }));
    const [account, entitlement, sessions, enrollments, held] = await Promise.all([
      accountOf(db, user.id),
      choosingForNew(db, config, mode, now),
      sessionsOfCourses(db, asked),
      enrollmentsInCourses(db, user.id, courseUuids),
      entitlementsForCourses(db, user.id, courseUuids, "UNEXPIRED", timeOf(context)),
    ]);
    return courseUuids.map((uuid, i) => {
      const { redeemed, upgradeable } = orderEffect(entitlement, sessions[i]!, now);
      const holding = {
        isLearnerActive: account?.isActive === true,
        isEntitled: held[i]!.length > 0,
        enrollments: enrollments[i]!,
      };
      return {
        id: uuid,
        course: toCourse(
          uuid,
          sessions[i]!.map(({ run }) => run),
        ),
        warnings: orderWarnings(entitlement, sessions[i]!, holding, now),
        redeemedRun: redeemed && toCourseRun(redeemed.run.key, redeemed.run),
        upgradeableRuns: upgradeable.map(({ run }) => toCourseRun(run.key, run)),
        entitlements: held[i]!.map((facts) => toEntitlement(context, facts)),
        enrollments: enrollments[i]!.map((enrollment) => toEnrollmentView(enrollment)),
      };
    });
  }
}
