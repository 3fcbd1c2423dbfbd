import type { Config } from "../../config";
import { RedisUnavailable } from "../../gateways/event-bus/connection";
import { inspect, type FoundStream } from "../../gateways/event-bus/inspect";
import { producerSettings } from "./event-settings";
import { causeInWords, type Finding } from "./finding";

const WHAT = "the event bus of the LMS";

const ADVICE: Readonly<Record<string, string>> = {
  NOAUTH: "it wants a password: set EVENTS_REDIS_URL to redis://user:password@host:port",
  WRONGPASS: "it does not accept the user and the password of EVENTS_REDIS_URL",
  NOPERM: "its user needs the rights for streams: +@stream +@read +@connection, and INFO",
  NONSENSE: "something else answers there: see EVENTS_REDIS_URL",
};

/** Asks the Redis of the event bus for the streams that are read, and says what the LMS needs to send events there. */
export async function* eventBusFindings({ events }: Config): AsyncGenerator<Finding> {
  if (!events.redis) return;
  const { url, streams, topics } = events.redis;
  try {
    const { version, streams: found, others } = await inspect(url, streams, topics);
    const isOld = Number.parseInt(version, 10) < 7;
    yield isOld
      ? {
          what: WHAT,
          verdict: "note",
          found: `Redis ${version} answers, but only version 7 tells which events it has dropped`,
        }
      : { what: WHAT, verdict: "ok", found: `Redis ${version} answers` };
    for (const stream of found) yield streamFinding(stream, others);
    yield {
      what: "what the LMS sends",
      verdict: "note",
      found: `nothing by default, and nobody can ask it: its settings need\n\n${producerSettings(topics[0]!)}\n`,
    };
  } catch (error) {
    if (!(error instanceof RedisUnavailable)) throw error;
    const word = error.message;
    yield {
      what: WHAT,
      verdict: "wrong",
      found: `${causeInWords(word)}: ${ADVICE[word] ?? "see EVENTS_REDIS_URL"}`,
    };
  }
}

function streamFinding({ stream, length, lag, isRead }: FoundStream, others: readonly string[]): Finding {
  const what = `the stream ${stream}`;
  if (length === null && others.length > 0)
    return {
      what,
      verdict: "wrong",
      found: `there is none, but ${others.join(", ")}: set EVENTS_TOPIC_PREFIX to EVENT_BUS_TOPIC_PREFIX of the LMS`,
    };
  if (length === null || length === 0)
    return {
      what,
      verdict: "note",
      found:
        "it is empty: the LMS has sent nothing yet, or EVENT_BUS_TOPIC_PREFIX, EVENT_BUS_REDIS_CONNECTION_URL or EVENT_BUS_PRODUCER of the LMS do not lead here",
    };
  if (!isRead)
    return { what, verdict: "ok", found: `${length} entries, which the server has not begun to read` };
  if (lag === null) return { what, verdict: "ok", found: `${length} entries` };
  if (lag > length)
    return {
      what,
      verdict: "note",
      found: `${lag - length} events were dropped before they were read: is a server running, with JOBS on?`,
    };
  return { what, verdict: "ok", found: `${length} entries, of which ${lag} are still to be read` };
}
