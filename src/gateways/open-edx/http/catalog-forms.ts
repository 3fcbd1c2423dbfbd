import { z } from "zod";
import type { CatalogRun } from "../catalog-gateway";
import { instantOrNull, textOrNull } from "./forms";

const isSelfPaced = z
  .string()
  .nullish()
  .transform((pacing) => /^self/i.test(pacing ?? ""));
const currency = z.string().transform((code) => code.toLowerCase());

const seat = z
  .object({
    type: z.string(),
    currency,
    price: z.coerce.number(), // a text with decimals
    upgrade_deadline: instantOrNull,
    upgrade_deadline_override: instantOrNull,
    sku: textOrNull,
  })
  .transform(({ type: slug, price, upgrade_deadline: end, upgrade_deadline_override: other, ...rest }) => ({
    slug,
    minPrice: Math.round(price),
    expiresAt: other ?? end,
    ...rest,
  }));

const run = z
  .object({
    key: z.string(),
    course_uuid: z.guid().nullish(),
    title: z.string().nullish(),
    level_type: textOrNull,
    image: z.object({ src: textOrNull }).nullish(),
    marketing_url: textOrNull,
    pacing_type: isSelfPaced,
    start: instantOrNull,
    end: instantOrNull,
    enrollment_start: instantOrNull,
    enrollment_end: instantOrNull,
    seats: z.array(seat),
  })
  .transform(({ key, course_uuid: courseUuid, title, seats: modes, ...found }) => ({
    ...partsOf(key),
    key,
    courseUuid,
    title: title ?? "",
    modes,
    levelType: found.level_type,
    imageUrl: found.image?.src ?? null,
    marketingUrl: found.marketing_url,
    isSelfPaced: found.pacing_type,
    startsAt: found.start,
    endsAt: found.end,
    enrollmentStartsAt: found.enrollment_start,
    enrollmentEndsAt: found.enrollment_end,
  }));

/** The organization and the number of the course, which the key of each of its runs begins with. */
function partsOf(key: string): Pick<CatalogRun, "org" | "number"> {
  const [org = "", number = ""] = key.replace(/^course-v1:/, "").split(/[+/]/);
  return { org, number };
}

const next = z.string().nullable();

/** A page of courses, as the runs that they have. */
export const courses = z
  .object({ next, results: z.array(z.object({ uuid: z.guid(), course_runs: z.array(run) })) })
  .transform((page) => ({
    next: page.next,
    results: page.results.flatMap(({ uuid, course_runs: runs }) =>
      runs.map((each) => ({ ...each, courseUuid: uuid })),
    ),
  }));

/** A page of runs. */
export const runs = z.object({
  next,
  results: z.array(
    run
      .refine(({ courseUuid }) => courseUuid)
      .transform((each) => ({ ...each, courseUuid: each.courseUuid! })),
  ),
});

const mode = z
  .object({
    slug: z.string(),
    currency,
    min_price: z.number(),
    expiration_datetime: instantOrNull,
    sku: textOrNull,
  })
  .transform(({ min_price: minPrice, expiration_datetime: expiresAt, ...rest }) => ({
    minPrice,
    expiresAt,
    ...rest,
  }));

/** A run as the Enrollment API of the LMS tells it. */
export const liveRun = z
  .object({
    course_id: z.string(),
    course_name: z.string().nullish(),
    course_start: instantOrNull,
    course_end: instantOrNull,
    enrollment_start: instantOrNull,
    enrollment_end: instantOrNull,
    invite_only: z.boolean().nullish(),
    pacing_type: isSelfPaced,
    course_modes: z.array(mode),
  })
  .transform((found) => ({
    key: found.course_id,
    title: found.course_name ?? "",
    isSelfPaced: found.pacing_type,
    startsAt: found.course_start,
    endsAt: found.course_end,
    enrollmentStartsAt: found.enrollment_start,
    enrollmentEndsAt: found.enrollment_end,
    isInviteOnly: found.invite_only ?? false,
    modes: found.course_modes,
  }));
