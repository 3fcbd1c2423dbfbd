import type { App } from "../app";
import { decode, eventIn, type WrittenEvent } from "../gateways/event-bus/decode";
import type { StreamEntry } from "../gateways/event-bus/stream-group";
import { describe } from "../log";
import { isUnavailable } from "../store/unavailable";
import type { LmsEvent } from "../use-cases/lms/following/hint-of";
import { noteEvents, type Noted } from "../use-cases/lms/following/note-events";
import { count } from "./counts";

/** What reading the event bus needs. */
export interface Reading {
  app: App;
  /** Has everything compared with the LMS, from the beginning, soon. */
  compareAll: () => Promise<unknown>;
  /** The forms of events that could not be read, and that were told of in the log. */
  told: Set<string>;
  /** Whether events are missing for which nothing was compared yet. */
  isBehind: boolean;
  /** How many entries of each stream were dropped before they were read, and were told of; they show until others are read. */
  dropped: Map<string, number>;
}

const TOLD_AT_MOST = 100;

/**
 * Notes the events of entries. Those that cannot be read are counted and told of once, and have everything compared with
 * the LMS, so that none of them holds up the others. Returns how many entries were dropped before they were read. Rejects
 * when PostgreSQL is away.
 */
export async function noteEntries(reading: Reading, entries: readonly StreamEntry[]): Promise<number> {
  const readable: LmsEvent[] = [];
  let [dropped, unreadable] = [0, 0];
  for (const { fields } of entries) {
    const event = fields && eventIn(fields);
    const decoded = event ? decode(event) : "UNREADABLE";
    if (!fields) dropped++;
    else if (event && decoded !== "UNREADABLE")
      readable.push({ id: event.id, type: event.type, data: decoded.data });
    else {
      unreadable++;
      tellOnce(reading, event);
    }
  }
  const noted = await note(reading, readable);
  unreadable += readable.length - noted.length;
  for (const outcome of noted) count("redis", outcome);
  if (unreadable === 0) return dropped;
  count("redis", "UNREADABLE", unreadable);
  reading.isBehind = true;
  return dropped;
}

/** Notes events; where they fail together, each by itself, and what became of those that do not fail. */
async function note(reading: Reading, events: readonly LmsEvent[]): Promise<Noted[]> {
  try {
    return await noteEvents(reading.app, events);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    if (events.length > 1) {
      const noted: Noted[] = [];
      for (const event of events) noted.push(...(await note(reading, [event])));
      return noted;
    }
    reading.app.log.error(
      { type: events[0]!.type, error: describe(error) },
      "an event of the LMS cannot be noted",
    );
    return [];
  }
}

function tellOnce({ app, told }: Reading, event: WrittenEvent | null): void {
  const { type = "none", sourcelib = "none" } = event ?? {};
  const form = `${type} ${sourcelib}`;
  if (told.has(form) || told.size >= TOLD_AT_MOST) return;
  told.add(form);
  app.log.warn(
    { type, sourcelib },
    "events of the LMS cannot be read in this form; everything is compared with it",
  );
}
