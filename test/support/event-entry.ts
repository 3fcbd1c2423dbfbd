import { randomUUID } from "node:crypto";

/** An event as the LMS hands it to its event bus. */
export interface SentEvent {
  type: string;
  /** What it tells, in Avro. */
  data: Buffer;
  id?: string;
  /** The version of openedx-events. */
  sourcelib?: string;
}

const FIELDS = {
  source: "openedx/lms/web",
  time: "2026-01-01T00:00:00.000001+00:00",
  minorversion: "0",
  sourcehost: "lms-1",
};

/** What is added to a stream for an event, as the library event-bus-redis does, with the fields in their order. */
export function entryOf(stream: string, { type, data, id = randomUUID(), sourcelib = "11.2.0" }: SentEvent) {
  const fields = { type, id, ...FIELDS, sourcelib, event_data: data };
  return [stream, "MAXLEN", "~", "10000", "*", ...Object.entries(fields).flat()] as const;
}
