import { hash } from "node:crypto";
import { hiddenValue } from "../check-proof";

/** The values of an entry by the names of their columns, as texts; what is null is left out of what is sealed. */
export type EntryValues = Readonly<Record<string, string | string[] | null>>;

/** The columns that can be forgotten: by column, the key of the account that the value is about. */
export type HiddenColumns = Readonly<Record<string, Buffer>>;

/** The values that were erased: by column, what stands for the value, in hex. */
export type ErasedColumns = Readonly<Record<string, readonly [hidden: string, ...rest: string[]]>>;

/**
 * The text of an entry that is sealed: JSON in the canonical form of RFC 8785, which is the same for the same values for
 * ever. A personal value is in it as a hash with a salt of its own.
 */
export function leafText(
  historyId: string,
  values: EntryValues,
  hidden: HiddenColumns,
  erased: ErasedColumns = {},
): string {
  const sealed: Record<string, unknown> = {};
  for (const column of Object.keys({ ...values, ...erased }).sort()) {
    const stands = erased[column];
    if (stands) sealed[column] = { hidden: stands[0] };
    const value = values[column] ?? null;
    if (stands || value === null) continue;
    const key = hidden[column];
    sealed[column] =
      key && typeof value === "string"
        ? { hidden: hiddenValue(saltOf(key, historyId), column, value) }
        : value;
  }
  return JSON.stringify(sealed);
}

/** The salt of what an entry says of one account: it opens this entry alone. */
export function saltOf(key: Buffer, historyId: string): Buffer {
  const id = Buffer.alloc(8);
  id.writeBigInt64BE(BigInt(historyId));
  return hash("sha256", Buffer.concat([key, id]), "buffer");
}
