import { Field, ID, ObjectType } from "type-graphql";
import type { CourseRun } from "../../entities/course-run";
import { connectionType } from "../pages/connection";
import { CourseRunView, toCourseRun } from "./course";
import { Node } from "./node";

@ObjectType("Course", {
  implements: Node,
  description: "A course of the catalog, as described by its latest run.",
  simpleResolvers: true,
})
export class CourseView implements Node {
  @Field(() => ID, { description: "The UUID of the course." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The key of the course: organization and number, such as `DemoX+T101`; null when the catalog contains no run of the course.",
  })
  key!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The title of the course; null when the catalog contains no run of the course.",
  })
  title!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The level of the course, such as introductory or advanced; null when it is not known.",
  })
  levelType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The URL of the page about the course; null when it is not known.",
  })
  marketingUrl!: string | null;

  @Field(() => [CourseRunView], {
    description: "The runs of the course in the order of their start, runs without a start date last.",
  })
  runs!: CourseRunView[];
}

/** A course as its latest run describes it. */
export function toCourse(courseUuid: string, runs: readonly CourseRun[]): CourseView {
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

/** A page of courses. */
export const CourseConnection = connectionType("Course", CourseView);

@ObjectType("CourseMode", {
  description: "A course mode: a way to take a run, such as `audit` or `verified`.",
  simpleResolvers: true,
})
export class CourseModeView {
  @Field(() => ID, { description: "The name of the course mode again, as its id." })
  id!: string;

  @Field({ description: "The name of the course mode, as inputs take it." })
  slug!: string;

  @Field({
    description:
      "Whether entitlements are sold in this mode: the installation sells it, or a run of the catalog has a price for it.",
  })
  isSold!: boolean;
}

@ObjectType("Site", {
  description: "A site: a host of the Open edX installation, to which policies can be limited.",
  simpleResolvers: true,
})
export class SiteView {
  @Field(() => ID, { description: "The number of the site, which is its id." })
  id!: string;

  @Field({ description: "The host name of the site, as inputs take it." })
  domain!: string;

  @Field({ description: "The name of the site for people." })
  name!: string;
}
