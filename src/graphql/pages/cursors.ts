import type { Key } from "../../store/rows/page";
import { badInput } from "../bad-input";

/** The rule that a faulty cursor breaks, as clients are told it. */
export const NOT_A_CURSOR = "is not a cursor of this list";
/** Longer than any cursor: the longest holds a text of 255 characters of 4 bytes each. */
export const CURSOR_LENGTH_AT_MOST = 2_000;

/** A new version makes cursors that older servers refuse, and refuses theirs. */
const VERSION = 1;
const INSTANT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What a cursor's sort value must look like, by kind: PostgreSQL can read whatever passes. */
const IS_VALUE = {
  instant: isInstant,
  instantOrNever: (value: string) => value === "infinity" || isInstant(value),
  sequence: (value: string) => /^\d{1,18}$/.test(value),
  uuid: (value: string) => ID.test(value),
  text: (value: string) => /^[^\0]{0,255}$/u.test(value),
} as const;
/** What a list is sorted by. */
export type CursorValue = keyof typeof IS_VALUE;

/**
 * Writes and reads the cursors of one list in one order. A cursor names both, so that it can be used nowhere else: the
 * place that it stands for in another order would be any place.
 */
export class Cursors {
  private readonly name: string;

  /** `list` tells the list, the field by which it is sorted, and the direction. */
  constructor(
    list: string,
    private readonly kind: CursorValue,
  ) {
    this.name = `${VERSION}.${list}`;
  }

  /** Makes an opaque cursor. */
  write({ value, id }: Key): string {
    return Buffer.from(`${this.name}\n${value}\n${id}`).toString("base64url");
  }

  /** The key that the cursor of an argument holds; null without one. Throws BAD_USER_INPUT for whatever `write` does not make. */
  read(cursor: string | null | undefined, argument: string): Key | null {
    if (cursor === null || cursor === undefined) return null;
    const lines = Buffer.from(cursor, "base64url").toString().split("\n");
    const id = lines.pop() ?? ""; // the last one, whose length is known: no cursor is the beginning of another
    const value = lines.slice(1).join("\n");
    if (ID.test(id) && IS_VALUE[this.kind](value) && this.write({ value, id }) === cursor)
      return { value, id };
    throw badInput(argument, NOT_A_CURSOR);
  }
}

/** Whether it is an instant of the calendar, which has no 30 February. */
function isInstant(text: string): boolean {
  const at = Date.parse(text);
  return INSTANT.test(text) && !Number.isNaN(at) && new Date(at).toISOString() === text;
}
