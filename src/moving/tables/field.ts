/** What a column of the original holds, and so how it is converted. */
export type FieldKind =
  | "text"
  | "order"
  | "uuid"
  | "instant"
  | "flag"
  | "duration"
  | "action"
  | "policyMode"
  | "site"
  | "user"
  | "link"
  | "kept";

/** A column of the original, and the column of ours that it is converted to. */
export interface Field {
  /** Its name in the original. */
  from: string;
  /** The name of our column; null where only `imported_row.original` keeps it. */
  to: string | null;
  kind: FieldKind;
  /** Whether a live row cannot be without it. */
  isRequired: boolean;
  /** The greatest number of characters; null where there is no limit. */
  atMost: number | null;
  /** Our table that a link refers to; null for other kinds. */
  target: string | null;
}

type Limits = Partial<Pick<Field, "isRequired" | "atMost" | "target">>;

/** Describes a column of the original. */
export function field(from: string, to: string | null, kind: FieldKind, limits: Limits = {}): Field {
  return { from, to, kind, isRequired: false, atMost: null, target: null, ...limits };
}
