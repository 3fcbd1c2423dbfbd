/** What was found for each key, in the order of the keys: null where there was nothing. For loaders. */
export function byKey<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
): (Row | null)[];
/** The same, made of each row. */
export function byKey<Row, Value>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
  toValue: (row: Row) => Value,
): (Value | null)[];
export function byKey<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
  toValue: (row: Row) => unknown = (row) => row,
): unknown[] {
  const found = new Map(rows.map((row) => [keyOf(row), toValue(row)]));
  return keys.map((key) => found.get(key) ?? null);
}
