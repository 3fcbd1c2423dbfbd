/** Values as Avro writes them in binary, by hand: it has no other part in common with the product. */

/** A whole number: zigzag, seven bits a byte, the lowest first. */
export function long(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value < 0 ? -2 * value - 1 : 2 * value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

/** A text: its length in bytes, then UTF-8. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([long(bytes.length), bytes]);
}

/** A boolean. */
export const bool = (value: boolean): Buffer => Buffer.from([value ? 1 : 0]);

/** A union of null and something: the place of what is there, then that. */
const orNull = (value: Buffer | null): Buffer => (value ? Buffer.concat([long(1), value]) : long(0));

/** A record: its fields in their order. */
export const record = (...fields: Buffer[]): Buffer => Buffer.concat(fields);

/** The records of openedx-events, with their fields in the order of its published schemas. */
export const openEdx = {
  user: (id: number, username = "ada") =>
    record(
      long(id),
      bool(true),
      record(text(username), text("private@demo.example"), text("A Private Name ü")),
    ),
  course: (key: string) =>
    record(text(key), text("A run"), orNull(null), orNull(text("2030-01-01T00:00:00+00:00"))),
  enrollment: (
    userId: number,
    key: string,
    { mode = "verified", isActive = true, isByOther = false, username = "ada" } = {},
  ) =>
    record(
      openEdx.user(userId, username),
      openEdx.course(key),
      text(mode),
      bool(isActive),
      text("2026-01-01T00:00:00+00:00"),
      orNull(isByOther ? openEdx.user(7, "grace") : null),
    ),
  certificate: (userId: number, key: string) =>
    record(
      openEdx.user(userId),
      openEdx.course(key),
      ...["verified", "0.93", "https://lms.example/c", "A Private Name", "downloadable", ""].map(text),
    ),
  catalogInfo: (key: string) =>
    record(
      text(key),
      text("A run"),
      record(
        text("2030-01-01T00:00:00+00:00"),
        text("self"),
        orNull(null),
        orNull(null),
        orNull(text("2031")),
      ),
      bool(false),
      bool(true),
    ),
};
