import type { StreamGroup } from "../gateways/event-bus/stream-group";
import { count, tellBus } from "./counts";
import { noteEntries, type Reading } from "./note-entries";

/** How long a read waits for new entries, in milliseconds. */
const WAIT_MS = 1_000;
const LOOK_EVERY_MS = 60_000;
/** The time after which entries that another process was given count as left behind, in milliseconds. */
const LEFT_MS = 60_000;
/** The time after which a process that does not read is forgotten, in milliseconds: names of containers never come back. */
const GONE_MS = 86_400_000;

/**
 * Reads the streams of a group until it is stopped: first what this process was given before, then what is new. Entries
 * are acknowledged once what follows from them is stored. Rejects with RedisUnavailable, and when PostgreSQL is away.
 */
export async function readStreams(
  reading: Reading,
  group: StreamGroup,
  stopping: AbortSignal,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<void> {
  if (group.unread.length > 0) {
    reading.app.log.info({ streams: group.unread }, "streams of events are read from their first entry on");
    reading.isBehind = true;
  }
  let lookedAt = -Infinity;
  let isOwnLeft = true;
  while (!stopping.aborted) {
    if (performance.now() - lookedAt >= lookEveryMs) {
      await lookForLoss(reading, group);
      tellLost(reading, await group.takeOver(LEFT_MS));
      await catchUp(reading);
      await group.forgetOthers(GONE_MS);
      lookedAt = performance.now();
      isOwnLeft = true;
    }
    const entries = isOwnLeft ? await group.readOwn() : await group.readNew(WAIT_MS, stopping);
    if (entries.length === 0) isOwnLeft = false;
    else {
      tellLost(reading, await noteEntries(reading, entries));
      await catchUp(reading);
      await group.acknowledge(entries);
    }
  }
}

/** Looks how far the streams are read, and tells of what they have dropped before anyone of the group was given it. */
async function lookForLoss(reading: Reading, group: StreamGroup): Promise<void> {
  for (const { stream, length, lag } of await group.states()) {
    tellBus({ stream, lag });
    const dropped = Math.max(0, (lag ?? 0) - length);
    tellLost(reading, dropped - (reading.dropped.get(stream) ?? 0));
    reading.dropped.set(stream, dropped);
  }
}

function tellLost(reading: Reading, lost: number): void {
  if (lost <= 0) return;
  reading.isBehind = true;
  count("redis", "LOST", lost);
  reading.app.log.warn(
    { lost },
    "events of the LMS were dropped before they were read; everything is compared with it",
  );
}

/** Has everything compared with the LMS where events are missing; it is wanted until that has succeeded. */
async function catchUp(reading: Reading): Promise<void> {
  if (!reading.isBehind) return;
  await reading.compareAll();
  reading.isBehind = false;
}
