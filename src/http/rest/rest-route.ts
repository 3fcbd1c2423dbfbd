import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "../../app";
import type { Bill } from "../../engine/cost-budget";
import { LIMITS } from "../../engine/documents/limits";
import type { Shared } from "../../engine/apollo";
import { throttled, tooLong, type RestAnswer, type RestApi } from "../../rest/answer";
import { readBody } from "../body";
import { compress } from "../compression/compress";
import { cors } from "../cors";
import { sendFailure } from "../failure";
import { finish, pathOf } from "../respond";
import type { Route } from "../route";
import type { Admit } from "../session";
import { parseRestBody, REST_BODY_AT_MOST } from "./rest-body";

/** Where the entitlements API of Open edX is, and where its pipelines find what concerns accounts. */
export const REST_PREFIXES = { entitlements: "/api/entitlements/v1/", accounts: "/api/v1/accounts/" };
const API = "/api/";

/** The methods by which something is changed. */
const CHANGING = new Set(["POST", "PATCH", "PUT", "DELETE"]);

/** Answers requests for the API of Open edX: reads the request, lets the API answer it, and writes the answer. */
export function restRoute(
  app: App,
  api: RestApi,
  admit: Admit,
  { limitRate, billOf }: Pick<Shared, "limitRate" | "billOf">,
): Route {
  const allow = cors(app.config, {
    methods: app.config.restFacade === "on" ? "GET, POST, PATCH, DELETE" : "GET",
    headers: "x-csrftoken", // which frontends of the LMS send; nothing here reads it
  });
  const answer = api(app);
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    const { method = "" } = request;
    try {
      const changes = CHANGING.has(method);
      const text = changes ? await readBody(request, REST_BODY_AT_MOST) : "";
      await admit(request, response, async (actor) => {
        const bill = billOf(actor);
        const limited = changes ? limitRate(1, actor) : bill.before(0);
        if (limited) return send(response, throttled(limited.retryAfterSeconds ?? 1));
        const path = pathOf(request);
        const answered = await answer({
          method,
          path: path.slice(API.length),
          parameters: new URLSearchParams(request.url!.slice(path.length)),
          address: `${originOf(request)}${path}`,
          body: () => parseRestBody(request, text),
          actor,
          requestId,
        });
        if (changes) return send(response, answered);
        await send(response, answered, LIMITS.answerBytes, bill);
      });
    } catch (error) {
      await sendFailure(response, error, requestId, app.log, (_, status, _code, message) =>
        send(response, { status, body: { detail: message } }),
      );
    }
  };
}

/** Scheme and host as the client knows them, from what the proxy says. */
function originOf({ headers }: IncomingMessage): string {
  const isSecure = /^\s*https\b/i.test(String(headers["x-forwarded-proto"] ?? ""));
  return `${isSecure ? "https" : "http"}://${headers.host ?? "localhost"}`;
}

/**
 * Sends an answer, and has it charged; one of more than `atMost` bytes becomes a 400, which can only be told of what has
 * changed nothing.
 */
async function send(
  response: ServerResponse,
  { status, headers = {}, body }: RestAnswer,
  atMost = Infinity,
  bill?: Bill,
): Promise<void> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  bill?.after(bytes);
  if (bytes > atMost) return send(response, tooLong(atMost));
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) return finish(response);
  response.setHeader("content-type", "application/json");
  finish(response, await compress(response, text));
}
