import { instant } from "../http/call";
import type { FakeRun } from "../world/world";

/** A run as course-discovery tells it. */
export function runBody(run: FakeRun, now: Date) {
  const { enrollmentStartsAt: from, enrollmentEndsAt: to } = run;
  const paid = run.modes.findLast(({ minPrice }) => minPrice > 0);
  return {
    key: run.key,
    uuid: `d0000000-0000-4000-8000-${Buffer.from(run.key).toString("hex").slice(-12)}`,
    title: run.title,
    external_key: null,
    image: run.imageUrl === null ? null : { src: run.imageUrl, description: null, height: null, width: null },
    short_description: null,
    marketing_url: run.marketingUrl,
    seats: run.modes.map(({ slug, minPrice, currency, expiresAt, sku }) => ({
      type: slug,
      price: minPrice.toFixed(2),
      currency: currency.toUpperCase(),
      upgrade_deadline: instant(expiresAt),
      upgrade_deadline_override: null,
      credit_provider: null,
      credit_hours: null,
      sku,
      bulk_sku: null,
    })),
    start: instant(run.startsAt),
    end: instant(run.endsAt),
    go_live_date: null,
    enrollment_start: instant(from),
    enrollment_end: instant(to),
    weeks_to_complete: null,
    pacing_type: run.isSelfPaced ? "self_paced" : "instructor_paced",
    type: paid?.slug ?? "audit",
    status: "published",
    is_enrollable: (!from || from < now) && (!to || now < to),
    is_marketable: true,
    availability: availabilityOf(run, now),
    course: courseKey(run),
    course_uuid: run.courseUuid,
    hidden: run.isHidden,
    invite_only: run.isInviteOnly,
    level_type: run.levelType,
    mobile_available: false,
  };
}

/** A course as course-discovery tells it, with those of its runs that it tells. */
export function courseBody(of: FakeRun, runs: ReturnType<typeof runBody>[]) {
  return {
    key: courseKey(of),
    uuid: of.courseUuid,
    title: of.title,
    course_runs: runs.toSorted((one, other) =>
      `${one.start ?? ""}${one.key}`.localeCompare(`${other.start ?? ""}${other.key}`),
    ),
    entitlements: of.modes
      .filter(({ minPrice }) => minPrice > 0)
      .map(({ slug, minPrice, currency, sku }) => ({
        mode: slug,
        price: minPrice.toFixed(2),
        currency: currency.toUpperCase(),
        sku,
        expires: null,
      })),
    owners: [{ uuid: "0f000000-0000-4000-8000-000000000001", key: of.org, name: of.org }],
    image: of.imageUrl === null ? null : { src: of.imageUrl, description: null, height: null, width: null },
    short_description: null,
    full_description: null,
    level_type: of.levelType,
    subjects: [],
    marketing_url: of.marketingUrl,
  };
}

const courseKey = ({ org, number }: FakeRun) => `${org}+${number}`;

function availabilityOf({ startsAt, endsAt }: FakeRun, now: Date): string {
  if (endsAt && endsAt <= now) return "Archived";
  if (startsAt && startsAt <= now) return "Current";
  return startsAt ? "Upcoming" : "Starting Soon";
}
