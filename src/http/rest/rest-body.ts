import type { IncomingMessage } from "node:http";
import { BadRequest, parseJson } from "../body";

/** The longest body of a request for the API of Open edX, in bytes. */
export const REST_BODY_AT_MOST = 20_000;

const TYPE = /^application\/(json|x-www-form-urlencoded)\s*(;.*)?$/i;

/** What the body of a request holds: JSON or a form; nothing is the same as an empty object. Throws BadRequest. */
export function parseRestBody(request: IncomingMessage, text: string): unknown {
  if (text === "") return {};
  const [, kind] = TYPE.exec(request.headers["content-type"] ?? "") ?? [];
  if (!kind)
    throw new BadRequest(
      415,
      "The content type must be application/json or application/x-www-form-urlencoded.",
    );
  if (/^json$/i.test(kind)) return parseJson(request, text);
  return Object.fromEntries(new URLSearchParams(text));
}
