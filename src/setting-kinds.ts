import { z } from "zod";

/** On or off. */
export const flag = z
  .enum(["on", "off"], { error: "must be on or off" })
  .transform((value) => value === "on");

/** A whole number of that range. */
export function whole(min: number, max: number) {
  return z
    .string()
    .refine((text) => isWhole(text, min, max), `must be a whole number from ${min} to ${max}`)
    .transform(Number);
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** What is separated by commas, each of a form. */
export function listOf(form: RegExp, what: string) {
  return z
    .string()
    .transform((text) => text.split(",").map((each) => each.trim()))
    .refine((list) => list.every((each) => form.test(each)), `must be ${what}, separated by commas`);
}

/** An address on the web. */
export const webUrl = z.url({ protocol: /^https?$/, error: "must be a URL of http or https" });

/** How to reach a PostgreSQL. */
export const postgresUrl = z
  .string()
  .refine(
    isPostgresUrl,
    "must be postgres://user:password@host:port/database, with / # ? % @ and : in the password as %2F %23 %3F %25 %40 %3A",
  );

function isPostgresUrl(text: string): boolean {
  try {
    decodeURIComponent(text); // throws at a lone %
    return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
  } catch {
    return false;
  }
}

/** Public RSA keys, as JSON. */
export const jwkSet = z.string().transform((text, context) => {
  try {
    return z
      .object({ keys: z.array(z.looseObject({ kty: z.literal("RSA") })).min(1) })
      .parse(JSON.parse(text));
  } catch {
    context.addIssue('must be a JSON object with an array of RSA public keys under "keys"');
    return z.NEVER;
  }
});
