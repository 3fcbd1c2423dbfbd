import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { BAD_USER_INPUT } from "../../engine/error-codes";
import type { Choice } from "../../engine/feed/audience";
import { BadRequest } from "../body";

const like = (pattern: RegExp, rule: string) => z.string().regex(pattern, rule).nullable().default(null);
/** What a request for events may say in its address, and the rule that it breaks otherwise. */
const PARAMETERS = z.strictObject({
  entitlementId: like(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i, "must be a UUID"),
  username: like(/^[^\0]{1,150}$/, "must have from 1 to 150 characters"),
});

/** What a request for events asks for. */
export interface EventRequest {
  choice: Choice;
  /**
   * The last event that the client has got, by its position, or by the id of its history entry where an earlier version told
   * it; null where the client begins.
   */
  last: { position: bigint } | { historyId: bigint } | null;
}

/** Reads a request for events. Throws BadRequest, which names the parameter or header that is wrong. */
export function readEventRequest({ url = "", headers }: IncomingMessage): EventRequest {
  const { searchParams } = new URL(url, "http://any");
  const seen = new Set<string>();
  const twice = [...searchParams.keys()].find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw badInput("Parameter", twice, "is given more than once");
  const { data, error } = PARAMETERS.safeParse(Object.fromEntries(searchParams));
  if (!data) {
    const [issue] = error.issues;
    if (issue?.code === "unrecognized_keys")
      throw badInput("Parameter", issue.keys[0]!, `is none of ${Object.keys(PARAMETERS.shape).join(", ")}`);
    throw badInput("Parameter", String(issue?.path[0]), issue?.message ?? "is wrong");
  }
  const last = headers["last-event-id"];
  const id = /^(?:p(-1|\d{1,18})|(\d{1,18}))$/.exec(String(last ?? ""));
  if (last !== undefined && !id) throw badInput("Header", "Last-Event-ID", "must be the id of an event");
  const choice = { ...data, entitlementId: data.entitlementId?.toLowerCase() ?? null };
  if (!id) return { choice, last: null };
  const [, position, historyId] = id;
  return {
    choice,
    last: position === undefined ? { historyId: BigInt(historyId!) } : { position: BigInt(position) },
  };
}

/** The refusal of a request for events. */
export function badInput(what: "Parameter" | "Header", name: string, rule: string): BadRequest {
  return new BadRequest(400, `${what} "${name.slice(0, 100)}" ${rule}.`, BAD_USER_INPUT);
}
