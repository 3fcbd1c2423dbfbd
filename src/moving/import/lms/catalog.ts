import { CourseRun } from "../../../entities/course-run";
import { LMS_TABLES } from "../../tables/source-table";
import { stagedName } from "../../staging/names";
import {
  AS_OF,
  DROP_TOLD,
  IS_NEWS,
  orChange,
  textFault,
  toldStatements,
  type LineRange,
  type StepStatement,
} from "./range";

const INSTANTS = {
  start: "starts_at",
  end: "ends_at",
  enrollment_start: "enrollment_starts_at",
  enrollment_end: "enrollment_ends_at",
};

/** Statements that store the hosts of the installation. */
export function siteStatements(range: LineRange): StepStatement[] {
  const told = toldStatements(LMS_TABLES.SITES, range, {
    id: "s.id",
    values: "s.id, s.domain, coalesce(s.name, '') as name",
    faults: [
      textFault("domain", 100),
      "case when length(s.name) > 50 then 'name is longer than 50' end",
      "case when exists (select from site o where o.domain = s.domain and o.id <> s.id) then 'another site has its domain' end",
    ],
    store: `
      insert into site as known (id, domain, name) select id, domain, name from told where fault = ''
      ${orChange("id", ["domain", "name"])}`,
  });
  return [...told, DROP_TOLD];
}

/** Statements that store runs. The course of a run stays as it is known, because only the catalog tells it. */
export function runStatements(range: LineRange): StepStatement[] {
  const instants = Object.entries(INSTANTS).map(
    ([from, to]) => `import_staging.instant_of(s."${from}") as ${to}`,
  );
  const columns = ["title", "org", "is_self_paced", ...Object.values(INSTANTS), "max_enrollments", "seen_at"];
  const told = toldStatements(LMS_TABLES.RUNS, range, {
    entity: CourseRun,
    id: "s.id",
    values: `s.id as key, left(coalesce(s.display_name, ''), 255) as title, left(coalesce(s.org, ''), 255) as org,
      left(split_part(s.id, '+', 2), 255) as number, coalesce(import_staging.flag_of(s.self_paced), false) as is_self_paced,
      ${instants.join(", ")}, import_staging.number_of(s.max_student_enrollments_allowed)::integer as max_enrollments,
      ${AS_OF} as seen_at, length(s.display_name) > 255 or length(s.org) > 255 as is_cut`,
    faults: [textFault("id", 255)],
    store: `
      insert into course_run as known (key, number, ${columns.join(", ")})
      select key, number, ${columns.join(", ")} from told where fault = '' order by key
      ${orChange("key", columns, IS_NEWS)}`,
  });
  const { name } = LMS_TABLES.RUNS;
  const cut = `insert into import_staging.note
    select '${name}', source_id, 'altered', 'display_name or org: cut to 255 characters' from told where is_cut and fault = ''`;
  return [...told, cut, DROP_TOLD];
}

/** Statements that store the modes of runs; a mode that the LMS has no longer is removed. */
export function modeStatements(range: LineRange): StepStatement[] {
  const { MODES, RUNS } = LMS_TABLES;
  const isOurs = `exists (select from course_run r where r.key = s.course_id and r.seen_at > ${AS_OF})`;
  const told = toldStatements(MODES, range, {
    id: "concat_ws(' ', s.course_id, s.mode_slug, s.currency)",
    values: `s.course_id as course_run_key, s.mode_slug as slug, s.currency,
      import_staging.number_of(s.min_price)::integer as min_price,
      import_staging.instant_of(s.expiration_datetime) as expires_at, s.sku`,
    faults: [
      textFault("course_id", 255),
      textFault("mode_slug", 100),
      textFault("currency", 8),
      "case when coalesce(import_staging.number_of(s.min_price), -1) < 0 then 'min_price is no price' end",
      "case when length(s.sku) > 255 then 'sku is longer than 255' end",
    ],
    where: `not ${isOurs}`,
    store: `
      insert into course_mode as known (course_run_key, slug, currency, min_price, expires_at, sku)
      select distinct on (1, 2, 3) course_run_key, slug, currency, min_price, expires_at, sku from told
      where fault = '' order by 1, 2, 3
      ${orChange("course_run_key, slug, currency", ["min_price", "expires_at", "sku"])}`,
  });
  const remove = `delete from course_mode m using ${stagedName(RUNS)} r, told t
    where r.id = m.course_run_key and t.course_run_key = r.id
      and not exists (select from ${stagedName(MODES)} s
        where (s.course_id, s.mode_slug, s.currency) = (m.course_run_key, m.slug, m.currency))`;
  return [...told, remove, DROP_TOLD];
}
