import { isDeepStrictEqual } from "node:util";
import type { App } from "../../app";
import type { Actor } from "../../auth/actor";
import { Denied, UNAUTHENTICATED } from "../../auth/denial";
import type { Engine } from "../../engine/engine";
import type { Audience } from "../../engine/feed/audience";
import type { Feed, Start } from "../../engine/feed/feed";
import { BadRequest } from "../body";
import { cors } from "../cors";
import { Overloaded } from "../in-flight";
import { requireMethod, type Route } from "../route";
import type { Admit } from "../session";
import { badInput, readEventRequest, type EventRequest } from "./event-request";
import { EventStream } from "./event-stream";
import type { Streams } from "./streams";

/** How often it is checked that the token of a stream is still good, and that its actor still has the same roles. */
const CHECKED_EVERY_MS = 2_000;

/** What a stream begins with. */
interface Opening {
  actor: Actor;
  audience: Audience;
  start: Start;
}

/** Where a stream begins that goes on after an event; without one, after all that is settled now. Throws BadRequest. */
async function startAfter(feed: Feed, last: EventRequest["last"]): Promise<Start> {
  if (last && "historyId" in last) {
    const start = await feed.placeAfterId(last.historyId);
    if (!start) throw badInput("Header", "Last-Event-ID", "is too old, or newer than all events");
    return start;
  }
  const newest = await feed.newest();
  if (last && last.position > newest) throw badInput("Header", "Last-Event-ID", "is newer than all events");
  return { after: last?.position ?? newest, told: 0n };
}

/** Answers requests for `/events` with the changes that the caller may see, as they happen. */
export function eventsRoute(
  app: App,
  { feed }: Engine,
  admit: Admit,
  streams: Streams,
  stopping: AbortSignal,
): Route {
  const allow = cors(app.config, { methods: "GET", headers: "last-event-id" });
  return async (request, response, requestId) => {
    response.setHeader("cache-control", "no-store");
    if (allow(request, response)) return;
    requireMethod(request, ["GET"]);
    const { choice, last } = readEventRequest(request);

    // Only the beginning needs a place among the requests in work: what follows is shared by all streams.
    const { actor, audience, start } = await admit(request, response, async (actor): Promise<Opening> => {
      if (!actor) throw new Denied(UNAUTHENTICATED);
      if (stopping.aborted) throw new Overloaded();
      const audience = await feed.audienceOf(actor, choice, requestId);
      if (!audience) throw new BadRequest(404, "There is no such account.", "NOT_FOUND");
      return { actor, audience, start: await startAfter(feed, last) };
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
    });
    stream.send("open", `p${start.after}`, "{}");
    const changed = (position: string, json: string) => stream.send("change", `p${position}`, json);
    try {
      await feed.follow({ audience, changed, ready: stream.ready, left: stream.left }, start);
    } finally {
      // One that was left counts until its reading has ended: who comes and goes would otherwise have any number of them.
      if (stream.left.aborted) giveBack();
      else stream.left.addEventListener("abort", giveBack);
    }
  };
}
