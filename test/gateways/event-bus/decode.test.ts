import { decode, eventIn } from "../../../src/gateways/event-bus/decode";
import { EVENT_FORMS, type EventForm } from "../../../src/gateways/event-bus/schemas";
import { bool, long, openEdx, record, text } from "../../support/avro";
import { TYPES } from "../../support/lms-events";

const RUN = "course-v1:DemoX+DEMO.01+open";
const event = (type: string, eventData: Buffer, sourcelib = "11.2.0") => ({
  id: "1",
  type,
  sourcelib,
  eventData,
});

test.each([
  [
    TYPES.enrolled,
    openEdx.enrollment(5, RUN),
    { enrollment: { user: { id: 5 }, course: { course_key: RUN } } },
  ],
  [
    TYPES.left,
    openEdx.enrollment(4_000_000_000, RUN, { isByOther: true }),
    { enrollment: { user: { id: 4_000_000_000 }, course: { course_key: RUN } } },
  ],
  [
    TYPES.certified,
    openEdx.certificate(5, RUN),
    { certificate: { user: { id: 5 }, course: { course_key: RUN } } },
  ],
  [TYPES.registered, openEdx.user(5, "änne"), { user: { id: 5, pii: { username: "änne" } } }],
  [TYPES.rescheduled, openEdx.catalogInfo(RUN), { catalog_info: { course_key: RUN } }],
])("an event of the type %s is read, and nothing private of it is", (type, bytes, data) => {
  expect(JSON.parse(JSON.stringify(decode(event(type, bytes))))).toEqual({ data });
});

test.each([
  ["is cut off", (bytes: Buffer) => bytes.subarray(0, -1)],
  ["has a field more at its end", (bytes: Buffer) => record(bytes, text("new"))],
  [
    "has a field more at its beginning",
    (bytes: Buffer) => record(text("a new field of a newer version"), bytes),
  ],
  ["is empty", () => Buffer.alloc(0)],
])("an event that %s cannot be read", (_what, changed) => {
  expect(decode(event(TYPES.enrolled, changed(openEdx.enrollment(5, RUN)), "99.0.0"))).toBe("UNREADABLE");
});

test("an event of a newer version is read in the newest form that is known", () => {
  expect(decode(event(TYPES.enrolled, openEdx.enrollment(5, RUN), "99.0.0"))).not.toBe("UNREADABLE");
});

test("the version that has written an event says in which form it is read", () => {
  const written = (...fields: [string, string][]) => ({
    type: "record",
    name: "CloudEvent",
    fields: fields.map(([name, type]) => ({ name, type })),
  });
  const form = {
    name: "id",
    writers: [
      { since: [0], schema: written(["id", "long"]) },
      { since: [9, 10], schema: written(["flag", "boolean"], ["id", "long"]) },
    ],
    read: written(["id", "long"]),
  } as EventForm;
  const forms = new Map([["a.type", form]]);
  const read = (sourcelib: string, bytes: Buffer) => decode(event("a.type", bytes, sourcelib), forms);
  const [older, newer] = [long(5), record(bool(true), long(5))];
  for (const version of ["9.9.3", "8.11.0", "0.8.1", ""])
    expect(read(version, older)).toMatchObject({ data: { id: 5 } });
  for (const version of ["9.10.0", "9.10.1", "10.0.0", "11.2.0"])
    expect(read(version, newer)).toMatchObject({ data: { id: 5 } });
});

test("an event of a type that nobody follows is passed on without what it tells", () => {
  expect(decode(event("org.openedx.learning.forum.thread.created.v1", text("private")))).toEqual({
    data: null,
  });
});

test("every event of the LMS that is followed can be read from the event bus", () => {
  const { saved, retired, ...ofLms } = TYPES;
  expect([...EVENT_FORMS.keys()]).toEqual(expect.arrayContaining(Object.values(ofLms)));
  for (const type of [saved, retired]) expect(EVENT_FORMS.has(type)).toBe(false);
});

test("the fields of an entry are found by their names, and an entry without them is no event", () => {
  const fields = (named: Record<string, string>) =>
    Object.entries(named)
      .flat()
      .map((each) => Buffer.from(each));
  const whole = { type: "a.type", id: "1", source: "lms", sourcelib: "11.2.0", event_data: "bytes" };
  expect(eventIn(fields(whole))).toEqual(event("a.type", Buffer.from("bytes")));
  for (const missing of ["type", "id", "event_data"]) {
    const rest = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing));
    expect(eventIn(fields(rest))).toBeNull();
  }
});
