import { hiddenValue, sha256 } from "../check-proof";

/** A value of an entry, as text. */
export type EntryValue = string | string[] | null;

/** The columns that can be forgotten: by column, the salt of what the entry says of the account. */
export type HiddenColumns = Readonly<Record<string, Buffer>>;

/** The values that were erased: by column, what stands for the value, in hex. */
export type ErasedColumns = Readonly<Record<string, readonly [hidden: string, erasureId: string]>>;

/** Writes the texts of entries with the same columns. */
export class LeafForm {
  /** The columns in the order of the text, each with what begins its value there, and where its value is given. */
  private readonly fields: readonly { column: string; start: string; place: number }[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(
    /** The columns in the order in which values are given. */
    private readonly columns: readonly string[],
  ) {
    this.places = new Map(columns.map((column, place) => [column, place]));
    this.fields = columns
      .map((column, place) => ({ column, start: `${JSON.stringify(column)}:`, place }))
      .toSorted((one, other) => (one.column < other.column ? -1 : 1));
  }

  /** The value of a column; null where there is none. */
  valueOf(values: readonly EntryValue[], column: string): EntryValue {
    return values[this.places.get(column) ?? -1] ?? null;
  }

  /**
   * The text of an entry that is sealed: JSON in the canonical form of RFC 8785, which is the same for the same values for
   * ever. What is null is left out. A personal value is in it as a hash with a salt of its own.
   */
  textOf(values: readonly EntryValue[], hidden: HiddenColumns, erased: ErasedColumns = {}): string {
    const strange = Object.keys(erased).filter((column) => !this.places.has(column));
    if (strange.length > 0) return new LeafForm([...this.columns, ...strange]).textOf(values, hidden, erased);
    let text = "";
    for (const { column, start, place } of this.fields) {
      const value = values[place] ?? null;
      const stands = erased[column];
      if (!stands && value === null) continue;
      const salt = hidden[column];
      text += text === "" ? "{" : ",";
      text += start;
      if (stands) text += JSON.stringify({ hidden: stands[0] });
      else if (salt && typeof value === "string")
        text += JSON.stringify({ hidden: hiddenValue(salt, column, value) });
      else text += JSON.stringify(value);
    }
    return `${text}}`;
  }
}

/** The salt of what an entry says of one account: it opens this entry alone. */
export function saltOf(key: Buffer, historyId: string): Buffer {
  const id = Buffer.alloc(8);
  id.writeBigInt64BE(BigInt(historyId));
  return sha256(Buffer.concat([key, id]));
}
