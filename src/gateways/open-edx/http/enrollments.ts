import { z } from "zod";
import { HttpFailure, type HttpAnswer } from "../../http-client";
import type {
  EnrollmentCall,
  EnrollmentGateway,
  EnrollmentKey,
  EnrollmentOutcome,
  EnrollmentRefusal,
  LmsEnrollment,
} from "../enrollment-gateway";
import { isAsWanted, outcomeBefore } from "../ensuring";
import { inPath, instantOrNull } from "./forms";
import { PLUGIN_API } from "./plugin";
import { parsed, type OpenEdxSystem } from "./system";

/** Where the Enrollment API begins. */
const API = "/api/enrollment/v1";
/** How many learners a request for all enrollments can name. */
const LEARNERS_AT_MOST = 100;
const POSSIBLE_NAME = /^[\p{L}\p{N}_.@+-]{2,30}$/u;
/** How many pages of 100 enrollments are read for them. */
const PAGES_AT_MOST = 100;

const enrollment = z
  .object({ mode: z.string(), is_active: z.boolean(), created: instantOrNull })
  .transform(({ mode, is_active: isActive, created: createdAt }) => ({ mode, isActive, createdAt }));

const page = z.object({
  next: z.string().nullable(),
  results: z.array(
    enrollment.and(z.object({ user: z.string(), course_id: z.string().nullish() })), // null for a deleted run
  ),
});

/**
 * The enrollments of an LMS, by version 1 of its Enrollment API. Its POST is not idempotent: without an active
 * enrollment, a deactivation first enrolls the learner in the default mode, and then ends that. Therefore every POST
 * follows a GET, and nothing is deactivated that was not just seen active.
 *
 * The LMS offers no condition, so that what changes between our GET and our POST, or within the LMS between its own
 * reading and writing, cannot be excluded: a learner who buys another mode at this moment can get ours instead, and one
 * who leaves at this moment is enrolled and taken out once more. The same can happen when the LMS works on a POST longer
 * than we wait for it, and a repeat comes meanwhile. The state in the end is the wanted one in each of these cases,
 * except that an enrollment that was left may keep the default mode instead of its own.
 */
export class HttpEnrollmentGateway implements EnrollmentGateway {
  constructor(
    private readonly lms: OpenEdxSystem,
    /** Whether our plug-in for the LMS ends enrollments, so that the LMS refunds nothing. */
    private readonly hasPlugin: boolean,
  ) {}

  get isPaused(): boolean {
    return this.lms.isPaused;
  }

  read(key: EnrollmentKey): Promise<LmsEnrollment | null> {
    return this.readBefore(this.lms.callEnd(), key, null);
  }

  async readAll(usernames: readonly string[]): Promise<LmsEnrollment[]> {
    if (usernames.length > LEARNERS_AT_MOST) throw new RangeError("too many learners for one call");
    // One name that no account can have would make the LMS refuse them all.
    const names = usernames.filter((name) => POSSIBLE_NAME.test(name));
    if (names.length === 0) return [];
    const query = new URLSearchParams({ username: names.join(",") });
    const all: LmsEnrollment[] = [];
    for (let pages = 0; pages < PAGES_AT_MOST; pages++) {
      const read = (await this.lms.get(`${API}/enrollments?${query.toString()}`, page))!;
      for (const { user, course_id: courseRunKey, ...rest } of read.results)
        if (courseRunKey) all.push({ username: user, courseRunKey, ...rest });
      // Behind a proxy, the address of the next page may be one that only the LMS itself can use.
      const cursor = read.next && new URL(read.next, "http://lms").searchParams.get("cursor");
      if (!cursor) return all;
      query.set("cursor", cursor);
    }
    throw new HttpFailure("TOO_MANY_PAGES", true);
  }

  async ensure(call: EnrollmentCall): Promise<EnrollmentOutcome> {
    const endsAt = this.lms.callEnd();
    try {
      const seen = await this.readBefore(endsAt, call, call.requestId);
      return outcomeBefore(call, seen) ?? (await this.change(call, endsAt));
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { kind: "notSent", cause: error.word };
    }
  }

  private async change(call: EnrollmentCall, endsAt: number): Promise<EnrollmentOutcome> {
    const { mode, mayEnroll, requestId } = call;
    const { path, fields, read } = mode === null && this.hasPlugin ? byPlugin(call) : byApi(call);
    const body = JSON.stringify(fields);
    const headers = { "content-type": "application/json" };
    try {
      const outcome = await this.lms.ask({ method: "POST", path, body, headers, requestId, endsAt }, read);
      // A repeat may be refused because the attempt before it has succeeded meanwhile.
      const isFinal = outcome.kind === "done" || (mode !== null && mayEnroll && !call.isRepeat);
      return isFinal ? outcome : await this.judge(call, endsAt, outcome);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (!error.mayBeSent) return { kind: "notSent", cause: error.word };
      return this.judge(call, endsAt, { kind: "unknown", cause: error.word });
    }
  }

  /** What came of a call, by what the LMS has now; `otherwise` when that is not the wanted state, which may yet come. */
  private async judge(
    call: EnrollmentCall,
    endsAt: number,
    otherwise: EnrollmentOutcome,
  ): Promise<EnrollmentOutcome> {
    try {
      const seen = await this.readBefore(endsAt, call, call.requestId);
      const mayComeLate = otherwise.kind === "unknown";
      return isAsWanted(call, seen) ? { kind: "done", enrollment: seen, mayComeLate } : otherwise;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { kind: "unknown", cause: "cause" in otherwise ? otherwise.cause : error.word };
    }
  }

  private async readBefore(
    endsAt: number,
    { username, courseRunKey }: EnrollmentKey,
    requestId: string | null,
  ): Promise<LmsEnrollment | null> {
    const path = `${API}/enrollment/${inPath(username)},${inPath(courseRunKey)}`;
    return this.lms.ask({ path, requestId, endsAt }, (answer) => {
      const known = parsed(answer, enrollment.nullable()); // an empty body means none
      return known && { username, courseRunKey, ...known };
    });
  }
}

/** How our plug-in for the LMS is asked to end an enrollment. */
function byPlugin(call: EnrollmentCall) {
  const { username, courseRunKey: run } = call;
  return {
    path: `${PLUGIN_API}/unenroll`,
    fields: { username, run },
    // It is refused where a filter of the LMS vetoes it, and null says that there is none.
    read: (answer: HttpAnswer): EnrollmentOutcome =>
      answer.status === 409
        ? { kind: "refused", code: "NOT_ALLOWED", detail: detailOf(call, answer) }
        : outcomeAfter(call, parsed(answer, enrollment.nullable())),
  };
}

/** How the Enrollment API is asked for a change. */
function byApi(call: EnrollmentCall) {
  const { username, courseRunKey, mode, mayEnroll } = call;
  // Without `is_active`, an inactive enrollment changes its mode and stays inactive.
  const isToBeActive = mode === null || mayEnroll ? { is_active: mode !== null } : {};
  const fields = {
    user: username,
    course_details: { course_id: courseRunKey },
    ...isToBeActive,
    ...(mode !== null && { mode }), // with a deactivation, an expired mode would be refused
  };
  return { path: `${API}/enrollment`, fields, read: (answer: HttpAnswer) => answerTo(call, answer) };
}

/** What an answer to a POST says. Throws HttpFailure when it leaves the outcome in doubt, or nobody has looked at it. */
function answerTo(call: EnrollmentCall, answer: HttpAnswer): EnrollmentOutcome {
  const code = refusalIn(answer);
  if (code) return { kind: "refused", code, detail: detailOf(call, answer) };
  return outcomeAfter(call, parsed(answer, enrollment));
}

/** What came of a call after which an enrollment is told. Throws HttpFailure when that is not the wanted state. */
function outcomeAfter(call: EnrollmentCall, told: z.output<typeof enrollment> | null): EnrollmentOutcome {
  const { username, courseRunKey } = call;
  const changed = told && { username, courseRunKey, ...told };
  if (!isAsWanted(call, changed)) throw new HttpFailure("NOT_AS_WANTED", true);
  return { kind: "done", enrollment: changed };
}

function refusalIn({ status, text }: HttpAnswer): EnrollmentRefusal | null {
  if (status === 400) return /"No course /.test(text) ? "RUN_UNKNOWN" : "NOT_ALLOWED";
  if (status === 406) return "USER_UNKNOWN";
  if (status !== 403) return null;
  // The API gives its own refusals a `message`. All others mean that our account or its token lacks a right.
  if (/"message"/.test(text) && !/does not have permission/.test(text)) return "NOT_ALLOWED";
  throw new HttpFailure("HTTP_403", false);
}

/** The beginning of the refusal, without the name of the learner, for the log. */
function detailOf({ username }: EnrollmentCall, { status, text }: HttpAnswer): string {
  return `HTTP ${status} ${text.replaceAll(username, "(learner)")}`.slice(0, 200);
}
