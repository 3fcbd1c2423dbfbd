import type { EntityManager } from "typeorm";
import { CourseRun } from "../../entities/course-run";
import type { CatalogRun, LiveRun } from "../../gateways/open-edx/catalog-gateway";
import { writeRows } from "../../history/write-set";
import { repeat } from "../../store/statement";
import { storeCommand } from "../system-command";
import { isStorable, storableModes, storableRun } from "./storable";

/**
 * Stores what the catalog has told of runs, as of when it was asked. A run that the catalog no longer has stays, and so do
 * the modes of a run for which it tells none.
 */
export const recordRuns = storeCommand("recordRuns", (tx, runs: readonly CatalogRun[], seenAt: Date) =>
  store(tx, CATALOG_RUNS, runs, seenAt),
);

/** Stores the dates and modes that the LMS has told of a run; a run that the catalog has never told is left out. */
export const recordLiveRun = storeCommand("recordLiveRun", (tx, run: LiveRun, seenAt: Date) =>
  store(tx, LIVE_RUNS, [run], seenAt),
);

const TOLD = `jsonb_to_recordset($1::jsonb) told (key text, "courseUuid" uuid, title text, org text, number text,
  "levelType" text, "imageUrl" text, "marketingUrl" text, "isSelfPaced" boolean, "startsAt" timestamptz,
  "endsAt" timestamptz, "enrollmentStartsAt" timestamptz, "enrollmentEndsAt" timestamptz)`;

/** What was told earlier never replaces what was told later. */
const IS_NEWS = "(known.seen_at is null or known.seen_at <= $2)";

const CATALOG_RUNS = `
  insert into course_run as known (key, course_uuid, title, org, number, level_type, image_url, marketing_url,
    is_self_paced, starts_at, ends_at, enrollment_starts_at, enrollment_ends_at, seen_at)
  select key, "courseUuid", title, org, number, "levelType", "imageUrl", "marketingUrl", "isSelfPaced", "startsAt",
    "endsAt", "enrollmentStartsAt", "enrollmentEndsAt", $2 from ${TOLD} order by key
  on conflict (key) do update set course_uuid = excluded.course_uuid, title = excluded.title, org = excluded.org,
    number = excluded.number, level_type = excluded.level_type, image_url = excluded.image_url,
    marketing_url = excluded.marketing_url, is_self_paced = excluded.is_self_paced, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at, enrollment_starts_at = excluded.enrollment_starts_at,
    enrollment_ends_at = excluded.enrollment_ends_at, seen_at = excluded.seen_at
  where ${IS_NEWS}
  returning known.*`;

const LIVE_RUNS = `
  update course_run known set is_self_paced = told."isSelfPaced", starts_at = told."startsAt", ends_at = told."endsAt",
    enrollment_starts_at = told."enrollmentStartsAt", enrollment_ends_at = told."enrollmentEndsAt", seen_at = $2
  from ${TOLD} where known.key = told.key and ${IS_NEWS}
  returning known.*`;

const MODES = `jsonb_to_recordset($1::jsonb) told ("courseRunKey" text, slug text, currency text, "minPrice" integer,
  "expiresAt" timestamptz, sku text)`;

async function store(
  tx: EntityManager,
  into: string,
  runs: readonly (CatalogRun | LiveRun)[],
  seenAt: Date,
): Promise<void> {
  const byKey = new Map(runs.filter(({ key }) => isStorable(key)).map((run) => [run.key, run]));
  const told = JSON.stringify([...byKey.values()].map(storableRun));
  const stored = await writeRows<CourseRun, { id: string; key: string }>(tx, CourseRun, {
    statement: into,
    values: [told, seenAt],
    asked: "select id, key from l",
  });
  const modes = stored.flatMap(({ key }) => storableModes(byKey.get(key)!));
  const values = JSON.stringify(modes);
  await repeat(
    tx.queryRunner!,
    `delete from course_mode known where course_run_key in (select "courseRunKey" from ${MODES})
       and not exists (select from ${MODES} where told."courseRunKey" = known.course_run_key
         and told.slug = known.slug and told.currency = known.currency)`,
    [values],
  );
  await repeat(
    tx.queryRunner!,
    `insert into course_mode (course_run_key, slug, currency, min_price, expires_at, sku)
     select distinct on ("courseRunKey", slug, currency) "courseRunKey", slug, currency, "minPrice", "expiresAt", sku
     from ${MODES} order by "courseRunKey", slug, currency
     on conflict (course_run_key, slug, currency) do update
       set min_price = excluded.min_price, expires_at = excluded.expires_at, sku = excluded.sku`,
    [values],
  );
}
