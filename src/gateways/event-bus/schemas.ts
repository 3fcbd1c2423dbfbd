import type { Schema } from "avsc";

/** How the LMS has written events of a type since a version of its library openedx-events. */
export interface Writer {
  /** The first version that writes so, as numbers. */
  since: readonly number[];
  schema: Schema;
}

const text = "string";
/** A text that may be missing. */
const optional = (name: string) => ({ name, type: ["null", text], default: null });
const field = (name: string, type: unknown) => ({ name, type });
const record = (name: string, ...fields: object[]): Schema => ({ type: "record", name, fields }) as Schema;

const user = record(
  "UserData",
  field("id", "long"),
  field("is_active", "boolean"),
  field(
    "pii",
    record("UserPersonalData", field("username", text), field("email", text), field("name", text)),
  ),
);
const course = record(
  "CourseData",
  field("course_key", text),
  field("display_name", text),
  optional("start"),
  optional("end"),
);
const enrollment = record(
  "CourseEnrollmentData",
  field("user", user),
  field("course", course),
  field("mode", text),
  field("is_active", "boolean"),
  field("creation_date", text),
  { name: "created_by", type: ["null", "UserData"], default: null },
);
const certificate = record(
  "CertificateData",
  field("user", user),
  field("course", course),
  ...["mode", "grade", "download_url", "name", "current_status", "previous_status"].map((name) =>
    field(name, text),
  ),
);
const catalogInfo = record(
  "CourseCatalogData",
  field("course_key", text),
  field("name", text),
  field(
    "schedule_data",
    record(
      "CourseScheduleData",
      field("start", text),
      field("pacing", text),
      optional("end"),
      optional("enrollment_start"),
      optional("enrollment_end"),
    ),
  ),
  field("hidden", "boolean"),
  field("invitation_only", "boolean"),
);

/** What is read of a record: nothing else of it is ever decoded into a value. */
const READ = {
  user: record(
    "UserData",
    field("id", "long"),
    field("pii", record("UserPersonalData", field("username", text))),
  ),
  about: (name: string) =>
    record(
      name,
      field("user", record("UserData", field("id", "long"))),
      field("course", record("CourseData", field("course_key", text))),
    ),
  run: record("CourseCatalogData", field("course_key", text)),
};

/** A type of event: how it is written, and what is read of it. */
export interface EventForm {
  /** The name that the event has for what it tells. */
  name: string;
  /** The oldest first. */
  writers: readonly Writer[];
  read: Schema;
}

function form(name: string, written: Schema, read: Schema): EventForm {
  const whole = (type: Schema) => record("CloudEvent", field(name, type));
  // None of these records has changed since events can be sent over Redis.
  return { name, writers: [{ since: [0], schema: whole(written) }], read: whole(read) };
}

const ofEnrollment = form("enrollment", enrollment, READ.about("CourseEnrollmentData"));
const ofCertificate = form("certificate", certificate, READ.about("CertificateData"));

/** The events that are decoded, by their types. The fields are those of openedx-events, in their order. */
export const EVENT_FORMS: ReadonlyMap<string, EventForm> = new Map([
  ["org.openedx.learning.course.enrollment.created.v1", ofEnrollment],
  ["org.openedx.learning.course.enrollment.changed.v1", ofEnrollment],
  ["org.openedx.learning.course.unenrollment.completed.v1", ofEnrollment],
  ["org.openedx.learning.certificate.created.v1", ofCertificate],
  ["org.openedx.learning.certificate.changed.v1", ofCertificate],
  ["org.openedx.learning.certificate.revoked.v1", ofCertificate],
  ["org.openedx.learning.student.registration.completed.v1", form("user", user, READ.user)],
  [
    "org.openedx.content_authoring.course.catalog_info.changed.v1",
    form("catalog_info", catalogInfo, READ.run),
  ],
]);
