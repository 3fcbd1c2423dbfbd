import { isUUID, Max, Min } from "class-validator";
import { Args, ArgsType, Ctx, Field, Int, Query, Resolver } from "type-graphql";
import { coursesById, findCourseIds, findRuns, wordsIn } from "../../reads/finding/courses";
import { searchEntitlements, searchUsers } from "../../reads/finding/search";
import type { Context } from "../context";
import { IsText } from "../inputs";
import { CourseView, toCourse } from "../types/catalog";
import { CourseRunView, toCourseRun } from "../types/course";
import { toEntitlement } from "../types/entitlements/course-entitlement";
import { SearchResult } from "../types/search-result";
import { UserView } from "../types/user";

const FOUND_AT_MOST = 50;
const RANGE = { message: `must be from 1 to ${FOUND_AT_MOST}` };
type Found = typeof SearchResult;

@ArgsType()
class SearchArgs {
  @Field({
    description:
      "The text to look for: the beginning of a username or of an order number, an e-mail address, an LMS user id, the UUID of an entitlement or of a course, or the beginnings of words in the title or the key of a run; in upper or lower case.",
  })
  @IsText(255)
  text!: string;

  @Field(() => Int, {
    defaultValue: 20,
    description: `The number of items to return, from 1 to ${FOUND_AT_MOST}. Each type of object gets its share of them.`,
  })
  @Min(1, RANGE)
  @Max(FOUND_AT_MOST, RANGE)
  first!: number;
}

@Resolver()
export class SearchResolver {
  @Query(() => [SearchResult], {
    nullable: true,
    description:
      "Finds accounts, entitlements, courses and runs by what people know of them, the items of one type together and the best of them first. For support, staff and auditors.",
  })
  async search(@Args() { text, first }: SearchArgs, @Ctx() context: Context): Promise<Found[]> {
    const asked = text.trim();
    const id = isUUID(asked) ? asked.toLowerCase() : null;
    const found = await Promise.all([
      findUsers(context, asked, first),
      findEntitlements(context, asked, id, first),
      findCourses(context, asked, id, first),
      findCourseRuns(context, asked, first),
    ]);
    return sharesOf<Found>(found, first).flat();
  }
}

async function findUsers({ app }: Context, text: string, first: number): Promise<UserView[]> {
  const users = await searchUsers(app.db, text, first);
  return users.map((user) => Object.assign(new UserView(), user));
}

async function findEntitlements(context: Context, text: string, id: string | null, first: number) {
  const entitlements = await searchEntitlements(context.app.db, text, id, first);
  return entitlements.map((facts) => toEntitlement(context, facts));
}

async function findCourses({ app }: Context, text: string, id: string | null, first: number) {
  const words = wordsIn(text);
  const ids = id ? [id] : words ? await findCourseIds(app.db, words, first) : [];
  const courses = ids.length > 0 ? await coursesById(app.db, ids) : [];
  return courses.flatMap((course) =>
    course ? Object.assign(new CourseView(), toCourse(course.courseUuid, course.runs)) : [],
  );
}

async function findCourseRuns({ app }: Context, text: string, first: number): Promise<CourseRunView[]> {
  const words = wordsIn(text);
  const runs = words ? await findRuns(app.db, words, first) : [];
  return runs.map((run) => Object.assign(new CourseRunView(), toCourseRun(run.key, run)));
}

/** The first items of each list, by turns, until there are enough of them. */
function sharesOf<T>(lists: readonly T[][], most: number): T[][] {
  const shares: T[][] = lists.map(() => []);
  let left = most;
  for (let place = 0; lists.some((list) => place < list.length); place++)
    for (const [index, list] of lists.entries())
      if (place < list.length && left-- > 0) shares[index]!.push(list[place]!);
  return shares;
}
