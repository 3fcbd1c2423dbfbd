/** A table of Open edX that is read, with the columns that are read of it. */
export interface SourceTable {
  /** Its name in the LMS. */
  name: string;
  /** The columns that are read, in the order in which they are staged. */
  columns: readonly string[];
  /** The columns that hold whole numbers by which rows are looked up. */
  numbers: readonly string[];
  /** The rows that are read of an LMS: those that meet one of the conditions, or all where there is none. */
  only: readonly string[];
}

const OWNERS = "(select user_id from entitlements_courseentitlement)";

const USERS = table("auth_user", "id username is_active", ["id"]);
const SITES = table("django_site", "id domain name", ["id"]);
const RUNS = table(
  "course_overviews_courseoverview",
  "id display_name org start end enrollment_start enrollment_end self_paced max_student_enrollments_allowed",
);
const MODES = table(
  "course_modes_coursemode",
  "course_id mode_slug min_price currency expiration_datetime sku",
);
const ENROLLMENTS = {
  ...table("student_courseenrollment", "id user_id course_id created is_active mode", ["id", "user_id"]),
  only: [
    `user_id in ${OWNERS}`,
    "id in (select enrollment_course_run_id from entitlements_courseentitlement)",
  ],
};
const CERTIFICATES = {
  ...table("certificates_generatedcertificate", "user_id course_id status", ["user_id"]),
  only: [`user_id in ${OWNERS}`],
};

/** The tables of Open edX that others own: accounts, catalog, enrollments and certificates. */
export const LMS_TABLES = { USERS, SITES, RUNS, MODES, ENROLLMENTS, CERTIFICATES };

/** Describes a table by the names of its columns, separated by spaces. */
export function table(name: string, columns: string, numbers: readonly string[] = []): SourceTable {
  return { name, columns: columns.split(" "), numbers, only: [] };
}
