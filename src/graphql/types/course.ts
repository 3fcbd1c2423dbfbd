import { Field, ID, ObjectType } from "type-graphql";
import type { RunFacts } from "../../reads/run-facts";
import { DateTimeScalar } from "../scalars";

@ObjectType("CourseRun", { description: "One dated run of a course.", simpleResolvers: true })
export class CourseRunView {
  @Field(() => ID, { description: "The course key, which identifies the run." })
  id!: string;

  @Field({ description: "The course key, such as `course-v1:DemoX+T101+2026`." })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: "Its title; null when the catalog does not know the run.",
  })
  title!: string | null;

  @Field(() => String, { nullable: true, description: "The organization that gives it." })
  org!: string | null;

  @Field(() => String, { nullable: true, description: "The course number." })
  number!: string | null;

  @Field(() => String, { nullable: true, description: "Where to read about it." })
  marketingUrl!: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether learners set their own pace." })
  isSelfPaced!: boolean | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it starts." })
  startsAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends." })
  endsAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "From when learners can enroll." })
  enrollmentStartsAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Until when learners can enroll." })
  enrollmentEndsAt!: Date | null;
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
};

/** A run by its key, with nothing else when the catalogue does not know it. */
export function toCourseRun(key: string, run: RunFacts | null): CourseRunView {
  return { id: key, key, ...(run ?? UNKNOWN_RUN) };
}

@ObjectType("RunSummary", {
  description: "What a card shows of a run; every value can be missing, the summary itself never is.",
  simpleResolvers: true,
})
export class RunSummaryView {
  @Field(() => ID, { description: "The entitlement it is shown for." })
  id!: string;

  @Field(() => String, { nullable: true, description: "The course key, null when there is no run to show." })
  courseRunKey!: string | null;

  @Field(() => String, { nullable: true, description: "The title." })
  title!: string | null;

  @Field(() => String, { nullable: true, description: "The organization, shown as the provider." })
  org!: string | null;

  @Field(() => String, { nullable: true, description: "The course number." })
  number!: string | null;

  @Field(() => String, { nullable: true, description: "The banner image." })
  imageUrl!: string | null;

  @Field(() => String, { nullable: true, description: "Where to read about it, and the link to share." })
  marketingUrl!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it starts." })
  startsAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ends." })
  endsAt!: Date | null;

  @Field({ description: "Whether it has started." })
  isStarted!: boolean;

  @Field({ description: "Whether it has ended." })
  isArchived!: boolean;
}

/** What to show of a run, or of none. */
export function toRunSummary(entitlementId: string, run: RunFacts | null, now: Date): RunSummaryView {
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
    isStarted: (run?.startsAt ?? null) !== null && run!.startsAt! <= now,
    isArchived: (run?.endsAt ?? null) !== null && run!.endsAt! < now,
  };
}

@ObjectType("Course", {
  description: "A course of the catalog, as its runs describe it.",
  simpleResolvers: true,
})
export class CourseView {
  @Field(() => ID, { description: "The course UUID." })
  id!: string;

  @Field(() => String, { nullable: true, description: "Organization and number, such as `DemoX+T101`." })
  key!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The title; null when the catalog knows no run of it.",
  })
  title!: string | null;

  @Field(() => String, { nullable: true, description: "How advanced it is." })
  levelType!: string | null;

  @Field(() => String, { nullable: true, description: "Where to read about it." })
  marketingUrl!: string | null;

  @Field(() => [CourseRunView], { description: "Its runs by start, those without a date last." })
  runs!: CourseRunView[];
}

/** A course as its latest run describes it. */
export function toCourse(courseUuid: string, runs: readonly RunFacts[]): CourseView {
  const latest = runs.at(-1);
  return {
    id: courseUuid,
    key: latest ? `${latest.org}+${latest.number}` : null,
    title: latest?.title ?? null,
    levelType: latest?.levelType ?? null,
    marketingUrl: latest?.marketingUrl ?? null,
    runs: runs.map((run) => toCourseRun(run.key, run)),
  };
}
