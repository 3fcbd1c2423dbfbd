import { isDeepStrictEqual } from "node:util";
import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { Denied, UNAUTHENTICATED } from "../../auth/denial";
import type { Engine } from "../../engine/engine";
import type { Audience } from "../../engine/feed/audience";
import { BadRequest } from "../body";
import { cors } from "../cors";
import { Overloaded } from "../in-flight";
import { requireMethod, type Route } from "../route";
import type { Admit } from "../session";
import { badInput, readEventRequest } from "./event-request";
import { EventStream } from "./event-stream";
import type { Streams } from "./streams";

/** How often it is checked that the token of a stream is still good, and that its actor still has the same roles. */
const CHECKED_EVERY_MS = 2_000;

/** What a stream begins with. */
interface Opening {
  actor: Actor;
  audience: Audience;
  start: bigint;
}

/** Answers requests for `/events` with the changes that the caller may see, as they happen. */
export function eventsRoute(
  app: App,
  { feed }: Engine,
  admit: Admit,
  streams: Streams,
  stopping: AbortSignal,
): Route {
  const allow = cors(app.config);
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    requireMethod(request, ["GET"]);
    const { choice, after } = readEventRequest(request);

    // Only the beginning needs a place among the requests in work: what follows is shared by all streams.
    const { actor, audience, start } = await admit(request, response, async (actor): Promise<Opening> => {
      if (!actor) throw new Denied(UNAUTHENTICATED);
      if (stopping.aborted) throw new Overloaded();
      const audience = await feed.audienceOf(actor, choice, requestId);
      if (!audience) throw new BadRequest(404, "There is no such account.", "NOT_FOUND");
      const { now, newest } = await feed.place();
      if (after !== null && after > newest)
        throw badInput("Header", "Last-Event-ID", "is newer than all events");
      return { actor, audience, start: after ?? now };
    });
    if (response.destroyed) return; // the client has left meanwhile
    const giveBack = streams.take(actor);
    const stream = new EventStream(response);
    const stillMay = () =>
      admit.identify(request).then(
        (now) => isDeepStrictEqual(now, actor) || stream.end(),
        () => stream.end(),
      );
    const check = setInterval(() => void stillMay(), CHECKED_EVERY_MS);
    const stop = () => stream.end();
    stopping.addEventListener("abort", stop);
    stream.left.addEventListener("abort", () => {
      clearInterval(check);
      stopping.removeEventListener("abort", stop);
      giveBack();
    });
    stream.send("open", String(start), "{}");
    const changed = (id: string, json: string) => stream.send("change", id, json);
    await feed.follow({ audience, changed, ready: stream.ready, left: stream.left }, start);
  };
}
