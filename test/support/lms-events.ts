import { randomUUID } from "node:crypto";
import type { App } from "../../src/app";
import type { LmsEvent } from "../../src/use-cases/lms/following/hint-of";
import { lookAgain } from "../../src/use-cases/lms/following/look-again";

/** Types of events that tests send, by short names. */
export const TYPES = {
  enrolled: "org.openedx.learning.course.enrollment.created.v1",
  changed: "org.openedx.learning.course.enrollment.changed.v1",
  left: "org.openedx.learning.course.unenrollment.completed.v1",
  certified: "org.openedx.learning.certificate.created.v1",
  registered: "org.openedx.learning.student.registration.completed.v1",
  rescheduled: "org.openedx.content_authoring.course.catalog_info.changed.v1",
  saved: "org.openedx.course_entitlements.entitlement.saved.v1",
  retired: "org.openedx.course_entitlements.user.retired.v1",
} as const;

/** The user of an event, with the personal data that the LMS sends along. */
export function userData(userId: string, username = "ada") {
  return {
    id: Number(userId),
    is_active: true,
    pii: { username, email: "private@demo.example", name: "A Private Name" },
  };
}

/** The data of an event about an enrollment, as the LMS tells it. */
export function enrollmentData(
  userId: string,
  courseRunKey: string,
  { mode = "verified", isActive = true, username = "ada" } = {},
) {
  return {
    enrollment: {
      user: userData(userId, username),
      course: { course_key: courseRunKey, display_name: "A run", start: null, end: null },
      mode,
      is_active: isActive,
      creation_date: "2026-01-01T00:00:00+00:00",
      created_by: null,
    },
  };
}

/** The data of an event about a certificate, as the LMS tells it. */
export function certificateData(userId: string, courseRunKey: string) {
  return {
    certificate: {
      user: userData(userId),
      course: { course_key: courseRunKey, display_name: "A run", start: null, end: null },
      mode: "verified",
      grade: "0.9",
      download_url: "",
      name: "A Private Name",
      current_status: "downloadable",
      previous_status: "",
    },
  };
}

/** An event with an id of its own. */
export function anEvent(type: string, data: unknown, id: string = randomUUID()): LmsEvent {
  return { id, type, data };
}

/** What is due to be read again, in the order of its making. */
export function looksDue({ db }: Pick<App, "db">) {
  return db.query<
    { reason: string; userId: string; runKey: string; hints: number; attempt: number; inMs: number }[]
  >(
    `select reason, user_id::text as "userId", run_key as "runKey", hints, attempt,
       (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "inMs"
     from reconcile_due order by noted_at, reason, run_key`,
  );
}

/** Takes the looks that are due, as if so much time had passed; returns how many. */
export async function lookAfter(app: App, ms = 3_600_000): Promise<number> {
  await app.db.query(
    "update reconcile_due set due_at = due_at - $1 * interval '1 ms', noted_at = noted_at - $1 * interval '1 ms'",
    [ms],
  );
  return lookAgain(app);
}
