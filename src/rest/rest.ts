import type { App } from "../app";
import { denialOf, Denied } from "../auth/denial";
import { RateLimited } from "../auth/rate";
import { anyone, learner, staffOrService, support, supportOrService, type Who } from "../auth/who";
import { Refusal } from "../refusal";
import { replace } from "./accounts/replace-usernames";
import { retire } from "./accounts/retire";
import {
  detail,
  RestFault,
  throttled,
  type RestAnswer,
  type RestApi,
  type RestAsked,
  type RestRequest,
} from "./answer";
import { create } from "./create";
import { chooseRun, leaveRun } from "./enrollments";
import { list } from "./list";
import { notFound, read } from "./read";
import { REFUSAL_ANSWERS } from "./refusals";
import { revoke } from "./revoke";
import { update } from "./update";

/** What an address does by one method, and who may ask for it at all. */
type Verb = [who: Who, work: (request: RestRequest) => Promise<RestAnswer>];

/** Where entitlements are. What changes them waits until this service, and no longer the LMS, does so. */
const ENTITLEMENTS = "entitlements/v1/";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

/** The addresses below the prefix, each with or without a slash at its end, and their methods. */
const ADDRESSES: readonly [address: RegExp, verbs: Readonly<Record<string, Verb>>][] = [
  [new RegExp(`^${ENTITLEMENTS}entitlements/?$`), { GET: [anyone, list], POST: [supportOrService, create] }],
  [
    new RegExp(`^${ENTITLEMENTS}entitlements/(${UUID})/?$`),
    { GET: [anyone, read], PATCH: [support, update], DELETE: [supportOrService, revoke] },
  ],
  [
    new RegExp(`^${ENTITLEMENTS}entitlements/(${UUID})/enrollments/?$`),
    { POST: [learner, chooseRun], DELETE: [learner, leaveRun] },
  ],
  [/^v1\/accounts\/retire\/?$/, { POST: [staffOrService, retire] }],
  [/^v1\/accounts\/replace_usernames\/?$/, { POST: [staffOrService, replace] }],
];

/** How long a client of a service that is only read should wait before it writes again, in seconds. */
const READ_ONLY_RETRY_SECONDS = 60;

/** What Open edX calls and knows: the entitlements API, and what its pipelines do with accounts in each service. */
export const restApi: RestApi = (app) => async (asked) => {
  try {
    return await answer(app, asked);
  } catch (error) {
    if (error instanceof RestFault) return error.answer;
    if (error instanceof Denied) return FORBIDDEN;
    if (error instanceof RateLimited) return throttled(error.retryAfterSeconds);
    throw error;
  }
};

const FORBIDDEN = detail(403, "You do not have permission to perform this action.");

async function answer(app: App, asked: RestAsked): Promise<RestAnswer> {
  const { method, path, actor, body, ...given } = asked;
  const [found, verbs] = ADDRESSES.map(([address, all]) => [address.exec(path), all] as const).find(
    ([match]) => match,
  ) ?? [null, {}];
  if (!found) throw notFound();
  const allow = { allow: [...Object.keys(verbs), ...("GET" in verbs ? ["HEAD"] : []), "OPTIONS"].join(", ") };
  if (!actor)
    return detail(401, "Authentication credentials were not provided.", { "www-authenticate": "JWT" });
  if (method === "OPTIONS") return { status: 200, headers: allow };
  const name = method === "HEAD" ? "GET" : method;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!verb) return detail(405, `Method "${method}" not allowed.`, allow);
  const [who, work] = verb;
  const changes = name !== "GET";
  if (changes && path.startsWith(ENTITLEMENTS) && app.config.restFacade !== "on")
    return detail(503, "Entitlements are changed elsewhere at the moment: this service is only read.", {
      "retry-after": String(READ_ONLY_RETRY_SECONDS),
    });
  if (denialOf(actor, { ...who, changes }, method)) return FORBIDDEN;
  const fields = name === "POST" || name === "PATCH" ? fieldsOf(body()) : {};
  const request = { ...given, app, actor, now: app.clock(), entitlementId: found[1] ?? "", fields };
  return work(request).catch((error: unknown) => {
    if (error instanceof Refusal) return REFUSAL_ANSWERS[error.code](error, request);
    throw error;
  });
}

function fieldsOf(body: unknown): Record<string, unknown> {
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  const fault = { non_field_errors: ["Invalid data. Expected a dictionary."] };
  throw new RestFault({ status: 400, body: fault });
}
