import { instant, type Call, type Reply } from "../http/call";
import { enrollmentId, type FakeEnrollment, type World } from "../world/world";
import { courseDetails } from "./course-details";

const PAGE = 100;
const USERNAMES_AT_MOST = 100;
/** The keys of runs that can exist; a plus that was not escaped has become a blank. */
export const COURSE_KEY =
  /^(course-v1:[\w\-~.:]+\+[\w\-~.:]+\+[\w\-~.:]+|[\w\-~.:]+\/[\w\-~.:]+\/[\w\-~.:]+)$/;

/** An enrollment as the Enrollment API tells it; a run that was deleted has no details. */
export function enrollmentBody(world: World, enrollment: FakeEnrollment): object {
  const run = world.runs.get(enrollment.courseRunKey);
  return {
    created: instant(enrollment.createdAt),
    mode: enrollment.mode,
    is_active: enrollment.isActive,
    course_details: run ? courseDetails(run, world.clock()) : null,
    user: enrollment.username,
  };
}

/** One enrollment: an empty answer when there is none, and 404 to those who may not know. */
export function oneEnrollment({ world, caller, parts: [username, key] }: Call): Reply {
  if (username !== caller!.username && !caller!.isStaff) return { status: 404 };
  const enrollment = world.enrollments.get(enrollmentId(username!, key!));
  return enrollment ? { status: 200, body: enrollmentBody(world, enrollment) } : { status: 200 };
}

/** The active enrollments of a learner, in the order of time; others than staff see only their own. */
export function enrollmentsOf({ world, caller, url }: Call): Reply {
  const username = url.searchParams.get("user") ?? caller!.username;
  if (username !== caller!.username && !caller!.isStaff) return { status: 200, body: [] };
  const found = [...world.enrollments.values()]
    .filter(
      (each) =>
        each.isActive &&
        each.username.toLowerCase() === username.toLowerCase() &&
        world.runs.has(each.courseRunKey),
    )
    .sort((one, other) => (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0));
  return { status: 200, body: found.map((each) => enrollmentBody(world, each)) };
}

/** The enrollments of many learners, inactive ones too, the newest first, in pages; not those of deleted runs. */
export function enrollmentPage({ world, url }: Call): Reply {
  const { searchParams: query } = url;
  const usernames = query.get("username")?.split(",") ?? [];
  const key = query.get("course_id") ?? "";
  if (usernames.length > USERNAMES_AT_MOST)
    return fieldError(
      "username",
      `Too many usernames in a single request - ${usernames.length}. A maximum of ${USERNAMES_AT_MOST} is allowed`,
    );
  if (usernames.some((each) => !/^[\w.@+-]{2,30}$/.test(each)))
    return fieldError("username", "Enter a valid username.");
  if (key && !COURSE_KEY.test(key)) return fieldError("course_id", `'${key}' is not a valid course id.`);
  const wanted = new Set(usernames.map((each) => each.toLowerCase()));
  const found = [...world.enrollments.values()]
    .filter(
      ({ username, courseRunKey }) =>
        world.runs.has(courseRunKey) &&
        (wanted.size === 0 || wanted.has(username.toLowerCase())) &&
        (!key || courseRunKey === key),
    )
    .sort(newestFirst);
  const last = Number(
    Buffer.from(query.get("cursor") ?? "", "base64")
      .toString()
      .replace("p=", ""),
  );
  const start = last ? found.findIndex(({ id }) => id === last) + 1 : 0;
  const page = found.slice(start, start + PAGE);
  const link = (at: FakeEnrollment | undefined) => {
    const to = new URL(url);
    if (at) to.searchParams.set("cursor", Buffer.from(`p=${at.id}`).toString("base64"));
    else to.searchParams.delete("cursor");
    return to.href;
  };
  return {
    status: 200,
    body: {
      next: start + PAGE < found.length ? link(page.at(-1)) : null,
      previous: start > 0 ? link(found[start - PAGE - 1]) : null,
      results: page.map(({ createdAt, mode, isActive, username, courseRunKey }) => ({
        created: instant(createdAt),
        mode,
        is_active: isActive,
        user: username,
        course_id: courseRunKey,
      })),
    },
  };
}

const newestFirst = (one: FakeEnrollment, other: FakeEnrollment) =>
  (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0) || other.id - one.id;

function fieldError(field: string, message: string): Reply {
  return { status: 400, body: { field_errors: { [field]: { developer_message: message } } } };
}
