import { z } from "zod";
import type { Replacement } from "../../rules/accounts/replacements";
import { replaceUsernames, REPLACEMENTS_AT_MOST } from "../../use-cases/accounts/replace-usernames";
import type { RestAnswer, RestRequest } from "../answer";
import { fieldsBy, unless, username } from "../fields";

const MAPPINGS = z.object({
  username_mappings: z
    .array(
      z
        .record(z.string(), username, unless("Expected a dictionary."))
        .transform((mapping) => Object.entries(mapping))
        .refine((pairs) => pairs.length === 1, "Each mapping names one username, and what it becomes.")
        .transform(([pair]) => ({ from: pair?.[0] ?? "", to: pair?.[1] ?? "" }))
        .refine(({ from }) => username.safeParse(from).success, "The name of a mapping must be a username."),
      unless("Expected a list of items."),
    )
    .max(REPLACEMENTS_AT_MOST, `Ensure this field has no more than ${REPLACEMENTS_AT_MOST} elements.`),
});

/** Gives accounts the usernames that they have in the LMS from now on. */
export async function replace(request: RestRequest): Promise<RestAnswer> {
  const { username_mappings: replacements } = fieldsBy(MAPPINGS, request);
  const { replaced, failed } = await replaceUsernames(request, { replacements });
  const body = { successful_replacements: mappings(replaced), failed_replacements: mappings(failed) };
  return { status: 200, body };
}

function mappings(replacements: readonly Replacement[]): Record<string, string>[] {
  return replacements.map(({ from, to }) => ({ [from]: to }));
}
