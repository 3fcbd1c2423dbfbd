import type { App } from "../app";
import type { Engine } from "../engine/engine";
import { parseJson, readBody } from "./body";
import { compress } from "./compression/compress";
import { cors } from "./cors";
import { finish } from "./respond";
import { requireMethod, type Route } from "./route";
import type { Admit } from "./session";

/** Answers requests for `/graphql`: reads the request, lets the engine answer it, and writes the answer. */
export function graphqlRoute(app: App, engine: Engine, admit: Admit): Route {
  const allow = cors(app.config);
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    response.appendHeader("vary", "accept-language");
    if (request.method !== "OPTIONS") requireMethod(request, ["GET", "POST"]); // the engine refuses that one
    // The body is read before the request is let in: a client that sends it slowly must not keep others out, and the
    // connection can only be used again after the end of the body.
    const text = request.method === "POST" ? await readBody(request) : null;
    await admit(request, response, async (actor) => {
      const { status, headers, body } = await engine.answer({
        method: request.method!,
        headers: request.headers,
        search: request.url!.slice("/graphql".length),
        body: text === null ? undefined : parseJson(request, text),
        actor,
        requestId,
      });
      response.statusCode = status;
      for (const [name, value] of headers) response.setHeader(name, value);
      finish(response, await compress(response, body));
    });
  };
}
