import { createHash } from "node:crypto";

/** The form of a username in the LMS, also where it allows letters of all languages: at most 150 characters. */
export const USERNAME = /^[\p{L}\p{N}_.@+-]{1,150}$/u;

/** The form of an LMS user id. */
export const LMS_USER_ID = /^[1-9]\d{0,17}$/;

/** How the LMS names an account that it retires, by its settings `RETIRED_USER_SALTS` and `RETIRED_USERNAME_FMT`. */
export interface RetiredNaming {
  /** The secrets of all names until now, the newest last; none where they are not known. */
  salts: readonly string[];
  /** The name, with `{}` where the hash stands. */
  format: string;
}

/** Hexadecimal digits of a hash, or the LMS user id of an account that was forgotten for an operator. */
const HASH_OR_ID = /^([0-9a-f]{40}|[1-9]\d{0,17})$/;

/** The names that an account of this username can have once it is retired: that of the newest salt first. */
export function retiredNames(username: string, { salts, format }: RetiredNaming): string[] {
  return salts.toReversed().map((salt) => {
    const hash = createHash("sha1").update(salt).update(username.toLowerCase()).digest("hex");
    return format.replace("{}", () => hash);
  });
}

/** Whether a username is one that only retired accounts have. */
export function isRetiredName(username: string, { format }: RetiredNaming): boolean {
  const [before = "", after = ""] = format.split("{}");
  return (
    username.startsWith(before) &&
    username.endsWith(after) &&
    HASH_OR_ID.test(username.slice(before.length, username.length - after.length))
  );
}
