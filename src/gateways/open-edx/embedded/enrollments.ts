import type { Query } from "../../query";
import type {
  EnrollmentCall,
  EnrollmentGateway,
  EnrollmentKey,
  EnrollmentOutcome,
  LmsEnrollment,
} from "../enrollment-gateway";
import { outcomeBefore } from "../ensuring";

const ENROLLMENT = `u.username, e.course_run_key as "courseRunKey", e.mode, e.is_active as "isActive", e.created_at as "createdAt"`;

/** Tells the history of the tables who has made the change, and why. */
const SIGNED = `signed as materialized (
    select set_config('history.user', 'system', true), set_config('history.reason', 'ensureEnrollment', true))`;
/** What changes an enrollment, only as long as it is one that may be changed. */
const ACTIVATE = `with ${SIGNED}, e as (
    insert into course_enrollment as known (user_id, course_run_key, mode, is_active, created_at)
    select id, $2, $4, true, $5 from user_account, signed where username = $1
    on conflict (user_id, course_run_key) do update set mode = excluded.mode, is_active = true
      where not known.is_active or known.mode = any($3)
    returning *
  ) select ${ENROLLMENT} from e join user_account u on u.id = e.user_id`;
const CHANGE_ACTIVE = `with ${SIGNED}, e as (
    update course_enrollment set is_active = $4::text is not null, mode = coalesce($4, mode) from signed
    where user_id = (select id from user_account where username = $1) and course_run_key = $2
      and is_active and mode = any($3)
    returning course_enrollment.*
  ) select ${ENROLLMENT} from e join user_account u on u.id = e.user_id`;

/**
 * The enrollments of our own tables. They refuse what an LMS refuses, except that everybody can be enrolled in every run:
 * our rules have decided that.
 */
export class EmbeddedEnrollmentGateway implements EnrollmentGateway {
  readonly isPaused = false;

  constructor(
    private readonly query: Query,
    private readonly clock: () => Date,
  ) {}

  async read({ username, courseRunKey }: EnrollmentKey): Promise<LmsEnrollment | null> {
    const [enrollment = null] = await this.query<LmsEnrollment>(
      `select ${ENROLLMENT} from course_enrollment e join user_account u on u.id = e.user_id
       where u.username = $1 and e.course_run_key = $2`,
      [username, courseRunKey],
    );
    return enrollment;
  }

  readAll(usernames: readonly string[]): Promise<LmsEnrollment[]> {
    return this.query<LmsEnrollment>(
      `select ${ENROLLMENT} from course_enrollment e join user_account u on u.id = e.user_id
       where u.username = any($1)`,
      [usernames],
    );
  }

  async ensure(call: EnrollmentCall): Promise<EnrollmentOutcome> {
    try {
      const seen = await this.read(call);
      return outcomeBefore(call, seen) ?? (await this.change(call, seen));
    } catch (error) {
      return { kind: "unknown", cause: `the tables: ${(error as Error).message}` };
    }
  }

  private async change(call: EnrollmentCall, seen: LmsEnrollment | null): Promise<EnrollmentOutcome> {
    const { username, courseRunKey, changeableModes, mode, mayEnroll } = call;
    const missing = seen ? null : await this.missing(call);
    if (missing) return missing;
    const values = [username, courseRunKey, changeableModes, mode];
    const [enrollment] = await (mode === null || !mayEnroll
      ? this.query<LmsEnrollment>(CHANGE_ACTIVE, values)
      : this.query<LmsEnrollment>(ACTIVATE, [...values, this.clock()]));
    return enrollment
      ? { kind: "done", enrollment }
      : { kind: "notSent", cause: "the enrollment has changed at the same moment" };
  }

  private async missing({ username, courseRunKey }: EnrollmentKey): Promise<EnrollmentOutcome | null> {
    const [known] = await this.query<{ user: boolean; run: boolean }>(
      `select exists (select from user_account where username = $1) as "user",
              exists (select from course_run where key = $2) as "run"`,
      [username, courseRunKey],
    );
    if (!known!.user) return { kind: "refused", code: "USER_UNKNOWN", detail: "no such account" };
    if (!known!.run) return { kind: "refused", code: "RUN_UNKNOWN", detail: "no such run" };
    return null;
  }
}
