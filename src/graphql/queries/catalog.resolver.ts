import { IsOptional } from "class-validator";
import { Args, ArgsType, Ctx, Field, Query, Resolver } from "type-graphql";
import {
  allModes,
  allSites,
  coursesById,
  findCourses,
  wordsIn,
  type CourseFacts,
} from "../../reads/finding/courses";
import type { Context } from "../context";
import { IsText, UuidArgs } from "../inputs";
import { connectionOf, PageArgs, type List } from "../pages/connection";
import { Cursors } from "../pages/cursors";
import { CourseConnection, CourseModeView, CourseView, SiteView, toCourse } from "../types/catalog";

const CURSORS = new Cursors("courses.UUID.ASC", "uuid");

@ArgsType()
class CoursesArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      "The beginnings of words that a run of the course must have in its title or key, in upper or lower case; all courses without it.",
  })
  @IsOptional()
  @IsText(255)
  search?: string | null;
}

/** What the catalog and the installation offer, for the forms of a support tool. */
@Resolver()
export class CatalogResolver {
  @Query(() => CourseView, {
    nullable: true,
    description: "Returns a course by its UUID; null when the catalog has no run of it.",
  })
  async course(@Args() { id }: UuidArgs, @Ctx() { app }: Context): Promise<CourseView | null> {
    const [course] = await coursesById(app.db, [id]);
    return course ? toCourse(course.courseUuid, course.runs) : null;
  }

  @Query(() => CourseConnection, {
    nullable: true,
    description: "Lists the courses of the catalog in the order of their UUIDs.",
  })
  courses(
    @Args() { search, ...args }: CoursesArgs,
    @Ctx() { app }: Context,
  ): Promise<InstanceType<typeof CourseConnection>> {
    const words = search ? wordsIn(search) : null;
    const isHopeless = Boolean(search) && words === null;
    const list: List<CourseFacts, CourseView> = {
      cursors: CURSORS,
      keyOf: ({ courseUuid }) => ({ value: courseUuid, id: courseUuid }),
      toNode: ({ courseUuid, runs }) => toCourse(courseUuid, runs),
      read: async (page) => (isHopeless ? { rows: [], hasMore: false } : findCourses(app.db, words, page)),
    };
    return connectionOf(list, args);
  }

  @Query(() => [CourseModeView], {
    nullable: true,
    description: "Lists the course modes of the catalog and of the installation, by their names.",
  })
  async courseModes(@Ctx() { app }: Context): Promise<CourseModeView[]> {
    const { paidModes, freeModes } = app.config;
    const priced = new Map((await allModes(app.db)).map(({ slug, isPriced }) => [slug, isPriced]));
    const slugs = [...new Set([...priced.keys(), ...paidModes, ...freeModes])].toSorted();
    return slugs.map((slug) => ({
      id: slug,
      slug,
      isSold: paidModes.includes(slug) || (priced.get(slug) ?? false),
    }));
  }

  @Query(() => [SiteView], {
    nullable: true,
    description: "Lists the sites of the installation, by their host names.",
  })
  sites(@Ctx() { app }: Context): Promise<SiteView[]> {
    return allSites(app.db);
  }
}
