import { readFileSync } from "node:fs";
import { z } from "zod";
import { addressFault } from "./rules/webhook-rules";

/** What a fault says; a value is never repeated, as it may be secret. */
interface Fault {
  error: (issue: { input?: unknown }) => string;
}

/**
 * A kind of setting. `allowed` completes the sentence "must be …" of a fault, and stands in the documentation's table;
 * `build` makes the schema that reads the text.
 */
function kind<T extends z.ZodType>(allowed: string, build: (fault: Fault) => T): T {
  const error: Fault["error"] = ({ input }) =>
    input === undefined ? "must be set when NODE_ENV is production" : `must be ${allowed}`;
  return build({ error }).meta({ allowed });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return kind(`one of ${words.join(", ")}`, (fault) => z.enum(words, fault));
}

/** A switch. */
export const flag = kind("on or off", (fault) =>
  z.enum(["on", "off"], fault).transform((value) => value === "on"),
);

/** Any text of at least some characters. */
export function text(min = 1) {
  const allowed = min > 1 ? `a text of at least ${min} characters` : "a text";
  return kind(allowed, (fault) => z.string(fault).min(min, fault));
}

/** The path of a file. It is read here already, so that it is named together with all other faults. */
export const readableFile = kind("the path of a file", (fault) =>
  z
    .string(fault)
    .min(1, fault)
    .superRefine((path, context) => {
      const code = faultOfReading(path);
      if (code !== null) context.addIssue(`cannot be read (${code})`);
    }),
);

/** The code of the error with which a file cannot be read; null where it can. */
function faultOfReading(path: string): string | null {
  try {
    readFileSync(path);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

/** A text of a form, which `allowed` describes. */
export function textLike(form: RegExp, allowed: string) {
  return kind(allowed, (fault) => z.string(fault).regex(form, fault));
}

/** A whole number of a range. */
export function whole(min: number, max: number) {
  const isInRange = (digits: string) =>
    /^\d+$/.test(digits) && Number(digits) >= min && Number(digits) <= max;
  return kind(`a whole number from ${min} to ${max}`, (fault) =>
    z.string(fault).refine(isInRange, fault).transform(Number),
  );
}

/** A list of texts of one form, separated by commas; `what` names them. */
export function listOf(form: Pick<RegExp, "test">, what: string) {
  return kind(`${what}, separated by commas`, (fault) =>
    z
      .string(fault)
      .transform((list) => list.split(",").map((each) => each.trim()))
      .refine((list) => list.every((each) => form.test(each)), fault),
  );
}

/** A list of texts in JSON, for secrets: each may hold any character. */
export const textsInJson = kind('a JSON list of texts, such as ["old", "new"]', (fault) =>
  z.string(fault).transform((json, context) => {
    try {
      return z.array(z.string().min(1)).min(1).parse(JSON.parse(json));
    } catch {
      context.addIssue(fault.error({ input: json }));
      return z.NEVER;
    }
  }),
);

/** The address of a web service, to which requests are sent as it stands. */
export const webUrl = kind("a URL of http or https", askable);

/** The address of a web service, to which the paths of its operations are added. */
export const baseUrl = kind("a URL of http or https without a query", (fault) =>
  askable(fault).refine(
    (url) => !/[?#]/.test(url),
    "holds a query or a fragment, to which no path can be added",
  ),
);

function askable(fault: Fault) {
  return z.url({ protocol: /^https?$/, ...fault }).superRefine((url, context) => {
    const why = URL.canParse(url) ? addressFault(url) : null;
    if (why !== null) context.addIssue(why);
  });
}

/** How to reach a Redis. */
export const redisUrl = kind("redis://user:password@host:port/number, or the same with rediss", (fault) =>
  z.string(fault).refine((url) => /^rediss?:\/\/[^/]/.test(url) && URL.canParse(url), fault),
);

/** What the driver would take from the URL rather than from us, and what could not be put right after connecting. */
const OURS_TO_SET = ["client_encoding", "query_timeout", "binary", "replication"];

/** The files that the driver reads, by the parameters of the URL that name them. */
const FILES = ["sslrootcert", "sslcert", "sslkey"];

/** How to reach a PostgreSQL. */
export const postgresUrl = kind(
  "postgres://user:password@host:port/database, with / # ? % @ and : in the password as %2F %23 %3F %25 %40 %3A",
  (fault) =>
    z
      .string(fault)
      .refine(isPostgresUrl, fault)
      .refine(
        (url) => !isPostgresUrl(url) || OURS_TO_SET.every((name) => !new URL(url).searchParams.has(name)),
        `must not set ${OURS_TO_SET.join(" or ")}, as the server sets them itself`,
      )
      .superRefine((url, context) => {
        for (const name of isPostgresUrl(url) ? FILES : []) {
          const path = new URL(url).searchParams.get(name);
          const code = path && faultOfReading(path);
          if (code) context.addIssue(`the file of ${name} cannot be read (${code})`);
        }
      }),
);

function isPostgresUrl(url: string): boolean {
  try {
    decodeURIComponent(url); // throws when a % does not begin an escape
    return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
  } catch {
    return false;
  }
}

/** Public RSA keys, as a JWK set in JSON; `read` throws where one of them cannot be used. */
export function jwkSet(read: (jwkSet: { keys: object[] }) => unknown) {
  const allowed = 'a JSON object with an array of RSA public keys of at least 2048 bits under "keys"';
  return kind(allowed, (fault) =>
    z.string(fault).transform((json, context) => {
      try {
        const keys = z.array(z.looseObject({ kty: z.literal("RSA") })).min(1);
        const given = z.object({ keys }).parse(JSON.parse(json));
        read(given);
        return given;
      } catch {
        context.addIssue(fault.error({ input: json }));
        return z.NEVER;
      }
    }),
  );
}
