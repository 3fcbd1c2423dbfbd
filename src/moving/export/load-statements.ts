import { TRACKED_TABLES } from "../tables/tracked-tables";

/** Statements that replace the entitlements of an LMS by the files beside them. */
export function loadStatements(): string {
  const tables = TRACKED_TABLES.flatMap(({ live, past }) => (past ? [live, past] : [live]));
  const remove = tables.toReversed().map(({ name }) => `delete from \`${name}\`;\n`);
  const load = tables.map(
    ({ name, columns }) =>
      `load data local infile '${name}.txt' into table \`${name}\` character set utf8mb4\n` +
      `  (${columns.map((column) => `\`${column}\``).join(", ")});\n`,
  );
  return `-- Replaces the entitlements of an LMS: run it in this folder, as
--   mysql --local-infile=1 --default-character-set=utf8mb4 DATABASE < load.sql
-- while nothing else writes to the LMS, and after a backup. The entitlements at the end were redeemed here for enrollments
-- whose ids in the LMS are not known: they are found by their learner and run.
set foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
start transaction;
${remove.join("")}${load.join("")}`;
}

/** A statement that redeems an entitlement for the enrollment of a learner in a run. */
export function linkStatement(uuid: string, userId: string, courseRunKey: string): string {
  const key = courseRunKey.replaceAll("\\", "\\\\").replaceAll("'", "''");
  return `update entitlements_courseentitlement e join student_courseenrollment n
  on n.user_id = ${userId} and n.course_id = '${key}' set e.enrollment_course_run_id = n.id
  where e.uuid in ('${uuid}', insert(insert(insert(insert('${uuid}', 21, 0, '-'), 17, 0, '-'), 13, 0, '-'), 9, 0, '-'));\n`;
}
