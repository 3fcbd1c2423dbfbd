import { z } from "zod";
import { USERNAME } from "../rules/accounts/retired-names";
import { isBlank, isStorable } from "../store/texts";
import { RestFault, type RestRequest } from "./answer";

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/;
const TRUE = new Set(["t", "y", "yes", "true", "on", "1"]);
const FALSE = new Set(["f", "n", "no", "false", "off", "0"]);
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const COMMENTS_AT_MOST = 2_000;

/** How the original words that a field is missing, null, or against a rule. */
export const unless = (rule: string) => ({
  error: ({ input }: { input?: unknown }) => {
    if (input === undefined) return "This field is required.";
    return input === null ? "This field may not be null." : rule;
  },
});

/** A UUID, in small letters. */
export const uuid = z
  .string(unless("Must be a valid UUID."))
  .toLowerCase()
  .regex(UUID, "Must be a valid UUID.");

/** A text that is not blank and can be stored, of at most so many characters. A number counts as the text of its digits. */
export const text = (most: number) =>
  z.preprocess(
    (given) => (typeof given === "number" ? String(given) : given),
    z
      .string(unless("Not a valid string."))
      .trim()
      .max(most, `Ensure this field has no more than ${most} characters.`)
      .refine(isStorable, {
        error: ({ input }) =>
          `${String(input).includes("\0") ? "Null" : "Surrogate"} characters are not allowed.`,
      })
      .refine((given) => !isStorable(given) || !isBlank(given), "This field may not be blank."),
  );

/** A username as the LMS allows it; numbers are none, as no username is written without quotation marks. */
export const username = z
  .string(unless("Not a valid string."))
  .regex(
    USERNAME,
    "Enter a username: 1 to 150 letters, digits, and the characters @ . + - _ without blanks.",
  );

/** A truth value, also in the words of a form. */
export const flag = z.preprocess(
  (given) => {
    const word = typeof given === "string" || typeof given === "number" ? String(given).toLowerCase() : "";
    return TRUE.has(word) || (FALSE.has(word) ? false : given);
  },
  z.boolean(unless("Must be a valid boolean.")),
);

/** A point in time. */
export const instant = z
  .string(unless("Not a valid string."))
  .refine((given) => INSTANT.test(given) && !Number.isNaN(Date.parse(given)), {
    error:
      "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
  })
  .transform((given) => new Date(given));

/** Whether a support detail is one that this API has told, and not a new one. */
const isTold = (detail: unknown) => typeof detail === "object" && detail !== null && "created" in detail;

/** What an agent writes about a change, in a list of one. Its action is not read: it follows from the change. */
export const supportDetails = z.preprocess(
  (given) => (Array.isArray(given) ? given.filter((detail) => !isTold(detail)) : given),
  z
    .array(
      z.object(
        {
          comments: text(COMMENTS_AT_MOST),
          unenrolled_run: z.string(unless("Not a valid string.")).nullish(),
        },
        unless("Expected a dictionary."),
      ),
      unless("Expected a list of items."),
    )
    .max(1, "Ensure this field has no more than 1 elements.")
    .default([]),
);

/** The fields of a body by a schema. Throws the answer that names each faulty field. */
export function fieldsBy<T>(schema: z.ZodType<T>, { fields }: RestRequest): T {
  const { data, error } = schema.safeParse(fields);
  if (!error) return data;
  const faults: Record<string, string[]> = {};
  for (const { path, message } of error.issues) {
    const [field, ...inner] = path.map(String);
    (faults[field!] ??= []).push(inner.length > 0 ? `${inner.at(-1)}: ${message}` : message);
  }
  throw new RestFault({ status: 400, body: faults });
}

/** The answer to a field, or to a parameter, that breaks a rule. */
export function invalid(field: string, rule: string): RestFault {
  return new RestFault({ status: 400, body: { [field]: [rule] } });
}
