import { Answered, fieldsOf, type Call, type Reply } from "../http/call";
import {
  enrollmentId,
  setEnrollment,
  type FakeEnrollment,
  type FakeRun,
  type FakeUser,
  type World,
} from "../world/world";
import { courseDetails, defaultModeOf, modesOf } from "./course-details";
import { COURSE_KEY, enrollmentBody } from "./enrollment-reads";

/** What a request asks for. What it leaves out or sends as null is null. */
interface Wish {
  user: FakeUser;
  key: string;
  mode: string | null;
  isActive: boolean | null;
}

/**
 * Enrolls, changes the mode, or deactivates, exactly as the LMS does: a request that would change something on an
 * existing enrollment updates it without any check of access, and every other one enrolls as if for the first time.
 */
export function postEnrollment(call: Call): Reply {
  const { world } = call;
  const wish = wishOf(call);
  const { user, key, mode, isActive } = wish;
  const run = world.runs.get(key);
  if (run?.preventedBy === "viewFilter") throw notEnrolled(user, key);
  const known = world.enrollments.get(enrollmentId(user.username, key));
  const isModeChanged = known !== undefined && mode !== null && known.mode !== mode;
  const isActivityChanged = known !== undefined && isActive !== null && known.isActive !== isActive;
  const isUpdate = call.caller!.isStaff && (isModeChanged || isActivityChanged);
  if (isUpdate && isModeChanged && isActivityChanged && !isActive)
    throw problem(
      400,
      `Enrollment mode mismatch: active mode=${known.mode}, requested mode=${mode}. Won't deactivate.`,
    );
  const enrollment = isUpdate ? update(world, wish, known) : add(world, wish);
  return { status: 200, body: enrollmentBody(world, enrollment) };
}

/** Reads a request, and answers those that the view refuses before it looks at an enrollment. */
function wishOf(call: Call): Wish {
  const { world, caller } = call;
  const fields = fieldsOf(call);
  const { course_id: key } = (fields["course_details"] ?? {}) as { course_id?: string };
  if (!key) throw problem(400, "Course ID must be specified to create a new enrollment.");
  if (!COURSE_KEY.test(key)) throw problem(400, `No course '${key}' found for enrollment`);
  const username = (fields["user"] as string | undefined) || caller!.username;
  if (username !== caller!.username && !caller!.isStaff) throw new Answered({ status: 404 });
  const mode = (fields["mode"] ?? null) as string | null;
  if (mode !== null && mode !== "audit" && mode !== "honor" && !caller!.isStaff)
    throw problem(403, `User does not have permission to create enrollment with mode [${mode}].`);
  const user = world.users.get(username.toLowerCase());
  if (!user) throw problem(406, `The user ${username} does not exist.`);
  const isActive = fields["is_active"] ?? null;
  if (isActive !== null && typeof isActive !== "boolean")
    throw problem(400, `'${JSON.stringify(isActive)}' is an invalid enrollment activation status.`);
  return { user, key, mode, isActive };
}

function update(world: World, { key, mode, isActive }: Wish, known: FakeEnrollment): FakeEnrollment {
  if (mode !== null) checkMode(world, key, mode, isActive);
  const to = { mode: mode ?? known.mode, isActive: isActive ?? known.isActive };
  return setEnrollment(world, known, to, "api");
}

/** First in the default mode, then as was asked for. */
function add(world: World, { user, key, mode, isActive }: Wish): FakeEnrollment {
  const asked = mode ?? (world.runs.has(key) ? defaultModeOf(world.runs.get(key)!, world.clock()) : "audit");
  const run = checkMode(world, key, asked, isActive);
  if (run.preventedBy === "enrollmentFilter") throw problem(403, "The enrollment is not allowed.", true);
  if (isClosed(run, user, world.clock()) || isFull(run, world)) throw notEnrolled(user, key);
  const known = world.enrollments.get(enrollmentId(user.username, key));
  if (known?.isActive) return known;
  const of = { username: user.username, courseRunKey: key };
  setEnrollment(world, of, { mode: defaultModeOf(run, world.clock()), isActive: true }, "api");
  return setEnrollment(world, of, { mode: asked, isActive: isActive ?? true }, "api");
}

/** Expired modes count only for a deactivation. */
function checkMode(world: World, key: string, mode: string, isActive: boolean | null): FakeRun {
  const run = world.runs.get(key);
  if (!run) throw problem(400, `No course '${key}' found for enrollment`);
  const withExpired = isActive === false;
  const modes = modesOf(run, world.clock(), withExpired);
  if (modes.some(({ slug }) => slug === mode)) return run;
  throw new Answered({
    status: 400,
    body: {
      message: `The [${mode}] course mode is expired or otherwise unavailable for course run [${key}].`,
      course_details: courseDetails(run, world.clock(), withExpired),
    },
  });
}

function isClosed(run: FakeRun, user: FakeUser, now: Date): boolean {
  const { enrollmentStartsAt: from, enrollmentEndsAt: to } = run;
  const isOpen = (!from || from < now) && (!to || now < to) && !run.isInviteOnly;
  return !isOpen && !user.isStaff;
}

function isFull({ key, maxEnrollments }: FakeRun, { enrollments }: World): boolean {
  if (maxEnrollments === null) return false;
  const active = [...enrollments.values()].filter((each) => each.courseRunKey === key && each.isActive);
  return active.length >= maxEnrollments;
}

/** One text for a run that is closed, one that is full, and one that a filter of the view prevents. */
const notEnrolled = ({ username }: FakeUser, key: string) =>
  problem(
    400,
    `An error occurred while creating the new course enrollment for user '${username}' in course '${key}'`,
  );

function problem(status: number, message: string, isLocalized = false): Answered {
  return new Answered({ status, body: { message, ...(isLocalized && { localizedMessage: message }) } });
}
