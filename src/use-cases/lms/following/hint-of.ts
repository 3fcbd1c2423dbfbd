import { z } from "zod";
import type { LookReason } from "../../../rules/lms/look-rules";
import { isStorable, storableText } from "../storable";

/** An event of the LMS, or of our plug-in for it, as its sender has made it. */
export interface LmsEvent {
  /** The same whenever the event is sent again. */
  id: string;
  /** The name of what has happened, such as `org.openedx.learning.course.enrollment.changed.v1`. */
  type: string;
  /** What it tells. It holds personal data, of which only `hintOf` keeps anything. */
  data: unknown;
}

/** What an event says is to be looked at again, and nothing else of it. */
export interface Hint {
  reason: LookReason;
  /** The LMS user id; null where a run has changed. */
  userId: string | null;
  /** The username where it may belong to another account here; null where that does not matter. */
  username: string | null;
  /** Null where the account has changed, or any enrollment of the learner. */
  courseRunKey: string | null;
}

/** A whole number as JSON or Avro has it, or in digits, as some senders write it. */
const id = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,18}$/)]).transform(String);
const runKey = z.string().min(1).refine(isStorable);
const user = z.object({ id });
const about = z.object({ user, course: z.object({ course_key: runKey }) });
const learnerInRun = (reason: LookReason) => (told: z.output<typeof about>) =>
  hint({ reason, userId: told.user.id, courseRunKey: told.course.course_key });

const enrollment = z.object({ enrollment: about.transform(learnerInRun("ENROLLMENT")) });
const certificate = z.object({ certificate: about.transform(learnerInRun("CERTIFICATE")) });
const account = z.object({
  user: user.extend({
    pii: z.object({ username: z.string().transform((name) => storableText(name)) }).nullish(),
  }),
});
const run = z.object({ catalog_info: z.object({ course_key: runKey }) });
const entitlement = z.object({ entitlement: z.object({ user, course_key: runKey.nullish() }) });

const ofAccount = account.transform(({ user: { id: userId, pii } }) =>
  hint({ reason: "ACCOUNT", userId, username: pii?.username ?? null }),
);

/** How each type of event is read. What it tells beside that, such as e-mail addresses and names, is dropped. */
const FORMS = new Map<string, z.ZodType<Hint>>([
  ...["enrollment.created", "enrollment.changed", "unenrollment.completed"].map(
    (name) =>
      [`org.openedx.learning.course.${name}.v1`, enrollment.transform(({ enrollment: of }) => of)] as const,
  ),
  ...["created", "changed", "revoked"].map(
    (name) =>
      [
        `org.openedx.learning.certificate.${name}.v1`,
        certificate.transform(({ certificate: of }) => of),
      ] as const,
  ),
  ["org.openedx.learning.student.registration.completed.v1", ofAccount],
  [
    "org.openedx.content_authoring.course.catalog_info.changed.v1",
    run.transform(({ catalog_info: { course_key: courseRunKey } }) => hint({ reason: "RUN", courseRunKey })),
  ],
  [
    "org.openedx.course_entitlements.entitlement.saved.v1",
    entitlement.transform(
      ({
        entitlement: {
          user: { id: userId },
          course_key: courseRunKey = null,
        },
      }) => hint({ reason: "ENROLLMENT", userId, courseRunKey }),
    ),
  ],
  ["org.openedx.course_entitlements.user.retired.v1", ofAccount],
]);

/** The hint that an event is; a word where there is none, because its type is not followed, or it lacks what it must tell. */
export function hintOf({ id: eventId, type, data }: LmsEvent): Hint | "UNKNOWN_TYPE" | "MALFORMED" {
  const form = FORMS.get(type);
  if (!form) return "UNKNOWN_TYPE";
  const read = form.safeParse(data);
  return read.success && eventId !== "" && isStorable(eventId) ? read.data : "MALFORMED";
}

function hint(told: Partial<Hint> & Pick<Hint, "reason">): Hint {
  return { userId: null, username: null, courseRunKey: null, ...told };
}
