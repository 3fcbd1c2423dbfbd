import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../app";
import { RedisUnavailable } from "../gateways/event-bus/connection";
import { StreamGroup, type StreamsAt } from "../gateways/event-bus/stream-group";
import { workLog } from "../jobs/work-log";
import { tellBus } from "./counts";
import type { Reading } from "./note-entries";
import { readStreams } from "./read-streams";

const PAUSE_MS = 500;
const PAUSE_AT_MOST_MS = 30_000;

/** What reads the event bus of the LMS. */
export interface FollowedStreams {
  /** Ends after the entries in progress. */
  stop(): Promise<void>;
}

/**
 * Reads the event bus of the LMS until it is stopped, together with other processes. Where events may be missing, it has
 * everything compared with the LMS. While Redis is away it tries again and again; one line in the log says so.
 */
export function followStreams(
  app: App,
  at: StreamsAt,
  compareAll: Reading["compareAll"],
  lookEveryMs?: number,
): FollowedStreams {
  const stopping = new AbortController();
  const working = work(
    { app, compareAll, told: new Set(), isBehind: false, dropped: new Map() },
    at,
    stopping.signal,
    lookEveryMs,
  );
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

async function work(
  reading: Reading,
  at: StreamsAt,
  stopping: AbortSignal,
  lookEveryMs?: number,
): Promise<void> {
  const { app } = reading;
  const told = workLog(app);
  let awaySince: number | null = null;
  let tries = 0;
  while (!stopping.aborted) {
    let group: StreamGroup | undefined;
    try {
      group = await StreamGroup.open(at);
      tellBus({ isUp: true });
      if (awaySince !== null) {
        const seconds = Math.round((performance.now() - awaySince) / 1_000);
        app.log.info({ seconds }, "Redis answers again; events of the LMS are read");
      }
      [awaySince, tries] = [null, 0];
      await told.done();
      await readStreams(reading, group, stopping, lookEveryMs);
    } catch (error) {
      if (stopping.aborted) return;
      if (error instanceof RedisUnavailable) {
        tellBus({ isUp: false });
        if (awaySince === null)
          app.log.warn({ cause: error.message }, "events of the LMS cannot be read from Redis; sweeps go on");
        awaySince ??= performance.now();
      } else told.failed(error, "followStreams");
      const pauseMs = Math.min(PAUSE_MS * 2 ** tries++, PAUSE_AT_MOST_MS) * (0.75 + 0.5 * Math.random());
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => {});
    } finally {
      group?.close();
    }
  }
}
