import { instant } from "../http/call";
import type { LmsMode } from "../../../src/gateways/open-edx/catalog-gateway";
import type { FakeRun } from "../world/world";

const NAMES: Record<string, string> = {
  audit: "Audit",
  honor: "Honor Code Certificate",
  verified: "Verified Certificate",
  professional: "Professional Education",
  "no-id-professional": "Professional Education",
};

/** The way of a run without any other. */
const DEFAULT: LmsMode = { slug: "audit", minPrice: 0, currency: "usd", expiresAt: null, sku: null };

/** The modes of a run that can be taken now, or all; never none. */
export function modesOf(run: FakeRun, now: Date, withExpired: boolean): LmsMode[] {
  const modes = run.modes.filter(({ expiresAt }) => withExpired || expiresAt === null || expiresAt >= now);
  return modes.length > 0 ? modes : [DEFAULT];
}

/** The mode of those who ask for none. */
export function defaultModeOf(run: FakeRun, now: Date): string {
  const slugs = new Set(modesOf(run, now, false).map(({ slug }) => slug));
  return slugs.has("honor") && !slugs.has("audit") ? "honor" : "audit";
}

/** A run as the Enrollment API tells it. */
export function courseDetails(run: FakeRun, now: Date, withExpired = false): object {
  return {
    course_id: run.key,
    course_name: run.title,
    enrollment_start: instant(run.enrollmentStartsAt),
    enrollment_end: instant(run.enrollmentEndsAt),
    course_start: instant(run.startsAt),
    course_end: instant(run.endsAt),
    invite_only: run.isInviteOnly,
    course_modes: modesOf(run, now, withExpired).map(({ slug, minPrice, currency, expiresAt, sku }) => ({
      slug,
      name: NAMES[slug] ?? slug,
      min_price: minPrice,
      suggested_prices: "",
      currency,
      expiration_datetime: instant(expiresAt),
      description: null,
      sku,
      bulk_sku: null,
    })),
    pacing_type: run.isSelfPaced ? "Self Paced" : "Instructor Paced",
  };
}
