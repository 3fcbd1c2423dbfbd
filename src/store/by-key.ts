/** What was found for each key, in the order of the keys: null where there was nothing. For loaders. */
export function byKey<Row, Value>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
  toValue: (row: Row) => Value,
): (Value | null)[] {
  const found = new Map(rows.map((row) => [keyOf(row), toValue(row)]));
  return keys.map((key) => found.get(key) ?? null);
}
