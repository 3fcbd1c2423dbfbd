import type { App } from "../../app";
import { receive } from "../../following/receive";
import { parseJson, readBody } from "../body";
import { pathOf, sendError, sendJson } from "../respond";
import { requireMethod, type Route } from "../route";
import type { Admit } from "../session";

/** Where events are sent to. */
export const LMS_EVENTS_PATH = "/lms-events";
/** The longest event, in bytes: CloudEvents have no more. */
const EVENT_AT_MOST = 65_536;

/** What is answered to each result: only what has a refusal is one. */
const ANSWERS: Readonly<Record<Awaited<ReturnType<typeof receive>>, { status: number; refusal?: string }>> = {
  QUEUED: { status: 202 },
  KNOWN: { status: 200 },
  FOREIGN: { status: 200 },
  UNKNOWN_TYPE: { status: 422, refusal: "Events of this type are not followed." },
  MALFORMED: { status: 422, refusal: "This is not an event, or it lacks what events of its type tell." },
  SIGNATURE: {
    status: 401,
    refusal:
      "X-Signature must be sha256= and the HMAC of X-Timestamp, a full stop and the body, with EVENTS_SECRET as its key.",
  },
  TIME: { status: 401, refusal: "X-Timestamp must be the seconds since 1970, within 5 minutes of now." },
  PATH: { status: 401, refusal: "The last part of this address must be EVENTS_SECRET." },
};

/** Takes events of the LMS: signed ones at the address itself, others at the address that ends in the secret. */
export function lmsEventsRoute(app: App, secret: string, admit: Admit): Route {
  return async (request, response) => {
    requireMethod(request, ["POST"]);
    const body = await readBody(request, EVENT_AT_MOST);
    const path = pathOf(request);
    const header = (name: string) => request.headers[name] as string | undefined;
    await admit(request, response, async () => {
      const result = await receive(app, secret, {
        pathSecret: path === LMS_EVENTS_PATH ? null : path.slice(LMS_EVENTS_PATH.length + 1),
        signature: header("x-signature"),
        timestamp: header("x-timestamp"),
        body,
        read: () => parseJson(request, body),
      });
      const { status, refusal } = ANSWERS[result];
      const code = status === 401 ? "UNAUTHENTICATED" : result;
      return refusal ? sendError(response, status, code, refusal) : sendJson(response, status, { result });
    });
  };
}
