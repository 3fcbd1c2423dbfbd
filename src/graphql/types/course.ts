import { Field, ID, ObjectType } from "type-graphql";
import type { CourseRun } from "../../entities/course-run";
import { DateTimeScalar } from "../scalars";
import { Node } from "./node";

@ObjectType("CourseRun", {
  implements: Node,
  description: "A run of a course, with its own dates.",
  simpleResolvers: true,
})
export class CourseRunView implements Node {
  @Field(() => ID, { description: "The key of the run again, as its id." })
  id!: string;

  @Field({ description: "The key of the run, such as `course-v1:DemoX+T101+2026`." })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: "The title of the run; null when the catalog does not contain the run.",
  })
  title!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The organization that offers the run; null when the catalog does not contain the run.",
  })
  org!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The course number, such as `T101`; null when the catalog does not contain the run.",
  })
  number!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The URL of the page about the run; null when it is not known.",
  })
  marketingUrl!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether learners set their own pace; null when the catalog does not contain the run.",
  })
  isSelfPaced!: boolean | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant at which the run starts; null when it is not known.",
  })
  startsAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant at which the run ends; null when it is not known.",
  })
  endsAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The start of the enrollment period; null when it is open.",
  })
  enrollmentStartsAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The end of the enrollment period; null when it is open.",
  })
  enrollmentEndsAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the LMS or its catalog last told of the run; null when neither ever has, and when this service itself is the catalog.",
  })
  seenAt!: Date | null;
}

const UNKNOWN_RUN: Omit<CourseRunView, "id" | "key"> = {
  title: null,
  org: null,
  number: null,
  marketingUrl: null,
  isSelfPaced: null,
  startsAt: null,
  endsAt: null,
  enrollmentStartsAt: null,
  enrollmentEndsAt: null,
  seenAt: null,
};

/** A run by its key, with nothing else when the catalog does not know it. */
export function toCourseRun(key: string, run: CourseRun | null): CourseRunView {
  return { key, ...(run ?? UNKNOWN_RUN), id: key };
}

@ObjectType("RunSummary", {
  description:
    "The details of a run that a card on a dashboard shows. The summary always exists, also when there is no run to show.",
  simpleResolvers: true,
})
export class RunSummaryView {
  @Field(() => ID, { description: "The UUID of the entitlement for which the run is shown." })
  id!: string;

  @Field(() => String, { nullable: true, description: "The key of the run, null when there is none." })
  courseRunKey!: string | null;

  @Field(() => String, { nullable: true, description: "The title of the run." })
  title!: string | null;

  @Field(() => String, { nullable: true, description: "The organization that offers the run." })
  org!: string | null;

  @Field(() => String, { nullable: true, description: "The course number, such as `T101`." })
  number!: string | null;

  @Field(() => String, { nullable: true, description: "The URL of the banner image of the run." })
  imageUrl!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The URL of the page about the run, also for sharing.",
  })
  marketingUrl!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "The instant at which the run starts." })
  startsAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "The instant at which the run ends." })
  endsAt!: Date | null;

  @Field({ description: "Whether the run has started; false when it has no start date." })
  isStarted!: boolean;

  @Field({ description: "Whether the run has ended; false when it has no end date." })
  isArchived!: boolean;
}

/** A run to show; only its key where the catalog has lost it. */
export type ShownRun = Pick<CourseRun, "key"> & Partial<CourseRun>;

/** What to show of a run, or of none. */
export function toRunSummary(entitlementId: string, run: ShownRun | null, now: Date): RunSummaryView {
  return {
    id: entitlementId,
    courseRunKey: run?.key ?? null,
    title: run?.title ?? null,
    org: run?.org ?? null,
    number: run?.number ?? null,
    imageUrl: run?.imageUrl ?? null,
    marketingUrl: run?.marketingUrl ?? null,
    startsAt: run?.startsAt ?? null,
    endsAt: run?.endsAt ?? null,
    isStarted: !!run?.startsAt && run.startsAt <= now,
    isArchived: !!run?.endsAt && run.endsAt < now,
  };
}
