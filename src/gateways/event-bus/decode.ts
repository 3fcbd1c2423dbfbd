import { Type, type Resolver } from "avsc";
import { EVENT_FORMS, type EventForm, type Writer } from "./schemas";

/** An entry of a stream, as the LMS has written it. */
export interface WrittenEvent {
  id: string;
  type: string;
  /** The version of openedx-events that has written it, such as `11.2.0`. */
  sourcelib: string;
  /** What the event tells, in Avro's binary encoding without its schema. */
  eventData: Buffer;
}

/** What an event tells, as far as it is read; `UNREADABLE` where it has another form than any that is known. */
export type Decoded = { data: unknown } | "UNREADABLE";

/** The fields of an entry that are needed, by their names. Null for an entry that is no event. */
export function eventIn(fields: readonly Buffer[]): WrittenEvent | null {
  const named = new Map<string, Buffer>();
  for (let place = 0; place + 1 < fields.length; place += 2)
    named.set(fields[place]!.toString(), fields[place + 1]!);
  const [id, type, sourcelib = ""] = ["id", "type", "sourcelib"].map((name) => named.get(name)?.toString());
  const eventData = named.get("event_data");
  return id && type && eventData ? { id, type, sourcelib, eventData } : null;
}

/**
 * Decodes what an event tells. The version that has written it decides how it is read: the latest known form that is not
 * newer. An event of a type that is not known is passed on without its data.
 */
export function decode({ type, sourcelib, eventData }: WrittenEvent, forms = EVENT_FORMS): Decoded {
  const form = forms.get(type);
  if (!form) return { data: null };
  const version = sourcelib.split(".").map(Number);
  const writer = form.writers.findLast(({ since }) => !isOlder(version, since)) ?? form.writers[0]!;
  try {
    const { reader, resolver } = readingOf(form, writer);
    return { data: reader.fromBuffer(eventData, resolver) as unknown };
  } catch {
    return "UNREADABLE"; // the failure may quote personal data
  }
}

function isOlder(version: readonly number[], since: readonly number[]): boolean {
  const place = since.findIndex((part, at) => (version[at] ?? 0) !== part);
  return place >= 0 && (version[place] ?? 0) < since[place]!;
}

const readings = new WeakMap<Writer, { reader: Type; resolver: Resolver }>();

function readingOf({ read }: EventForm, writer: Writer) {
  const known = readings.get(writer);
  if (known) return known;
  const reader = Type.forSchema(read);
  const made = { reader, resolver: reader.createResolver(Type.forSchema(writer.schema)) };
  readings.set(writer, made);
  return made;
}
