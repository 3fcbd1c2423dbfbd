import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import {
  countSupportDetailsOf,
  supportDetailsOf,
  type SupportDetailFacts,
} from "../../../reads/support-details";
import type { PageRequest } from "../../../store/rows/page";
import { supportDetailsAsOf } from "../../../reads/as-of";
import { connectionOf, createdKey, PageArgs } from "../../pages/connection";
import type { Context } from "../../context";
import { Cursors } from "../../pages/cursors";
import { atInstant, untold } from "../past";
import { CourseEnrollmentView } from "../course-enrollment";
import { CourseView, toCourse } from "../catalog";
import { RunSummaryView, toRunSummary } from "../course";
import { CourseEntitlementView } from "./course-entitlement";
import { enrollmentOf } from "./enrollment-of";
import { displayedRun, SessionView, toSessionViews } from "./session";
import { SupportDetailConnection, toSupportDetailView } from "./support-detail";

const SUPPORT_DETAILS = new Cursors("CourseEntitlement.supportDetails.CREATED_AT.DESC", "instant");

/** What of an entitlement needs statements of its own: one for all entitlements of a request. */
@Resolver(() => CourseEntitlementView)
export class EntitlementDetailsResolver {
  @FieldResolver(() => [SessionView], {
    nullable: true,
    description:
      "The runs of the course in the order of their start, each with the reason when the learner cannot choose it. The current run always belongs to them, also when the catalog has lost it.",
  })
  async sessions(
    @Root() { facts, choosing, context: { now } }: CourseEntitlementView,
    @Ctx() { loaders }: Context,
  ): Promise<SessionView[]> {
    return toSessionViews(choosing, facts.enrollment, await loaders.sessions.load(facts), now);
  }

  @FieldResolver(() => RunSummaryView, {
    description:
      "The run to show on a card: the run for which the entitlement is redeemed, otherwise the first available run, otherwise the latest run.",
  })
  async runSummary(
    @Root() { facts, choosing, context: { now } }: CourseEntitlementView,
    @Ctx() { loaders }: Context,
  ): Promise<RunSummaryView> {
    const sessions = choosing.currentRunKey === null ? await loaders.sessions.load(facts) : [];
    return toRunSummary(facts.id, displayedRun(facts, choosing, sessions, now), now);
  }

  @FieldResolver(() => CourseView, {
    description: "The course of the entitlement, as the catalog describes it.",
  })
  async course(
    @Root() { facts, context: { asOf } }: CourseEntitlementView,
    @Ctx() { loaders }: Context,
  ): Promise<CourseView> {
    const sessions = await loaders.sessions.load(facts);
    const course = toCourse(
      facts.courseUuid,
      sessions.map(({ run }) => run),
    );
    return atInstant(course, asOf);
  }

  @FieldResolver(() => CourseEnrollmentView, {
    nullable: true,
    description:
      "The enrollment that the LMS is asked for and has not confirmed; null when the entitlement does not wait for one. It becomes `enrollment` once the LMS has enrolled the learner.",
  })
  async pendingEnrollment(
    @Root() { facts, context: { asOf } }: CourseEntitlementView,
    @Ctx() context: Context,
  ): Promise<CourseEnrollmentView | null> {
    const { pendingEnrollmentId: id } = facts;
    const enrollment = id === null ? null : await enrollmentOf(context, id, asOf);
    if (asOf && id !== null && !enrollment) throw untold("pendingEnrollment");
    return enrollment;
  }

  @FieldResolver(() => SupportDetailConnection, {
    nullable: true,
    description: "The support details of the entitlement, the newest first. For support, staff and auditors.",
  })
  async supportDetails(
    @Root() { facts, context: { asOf } }: CourseEntitlementView,
    @Args() args: PageArgs,
    @Ctx() { app, loaders }: Context,
  ): Promise<SupportDetailConnection> {
    const source = asOf ? supportDetailsAsOf(asOf) : undefined;
    const name = `supportDetails:${asOf?.getTime() ?? ""}`;
    const list = {
      cursors: SUPPORT_DETAILS,
      keyOf: createdKey,
      toNode: (detail: SupportDetailFacts) => toSupportDetailView(detail, asOf),
      read: (page: PageRequest) =>
        loaders
          .named(`${name}:${JSON.stringify(page)}`, (ids) => supportDetailsOf(app.db, ids, page, source))
          .load(facts.id),
    };
    const count = () =>
      loaders.named(`${name}:count`, (ids) => countSupportDetailsOf(app.db, ids, source)).load(facts.id);
    return { ...(await connectionOf(list, args)), count };
  }
}
