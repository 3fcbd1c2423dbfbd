/** What a stored field holds. A stamp is an instant that says when the row was made or last changed. */
export type FieldKind =
  | "id"
  | "value"
  | "instant"
  | "stamp"
  | "duration"
  | "user"
  | "enrollment"
  | "policy"
  | "entitlement"
  | "run"
  | "course";

/** One field of a stored noun. */
export interface Field {
  kind: FieldKind;
  /** Its column, where that is not the field's name in snake case. */
  column?: string;
}

/** One field of a stored noun that has a history. */
export interface TrackedField extends Field {
  /** Who sees its changes in the history: everyone who may see the row, only support, or nobody. */
  told: "everyone" | "support" | "nobody";
  /** Its name in GraphQL, where that is another one. */
  as?: string;
}

/** Every field of a stored noun that has a history; the compiler names one that is missing. */
export type TrackedFields<Noun> = Readonly<Record<keyof Noun, TrackedField>>;

/** The names of a noun's fields, in the order of its table. */
export function namesOf<Name extends string>(fields: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(fields) as Name[];
}

/** The name of a field's column. */
export function columnOf(name: string, { column }: Field): string {
  return column ?? snakeCase(name);
}

/** SQL for each field of a noun that a statement knows by an alias; durations are read in milliseconds. */
export function columnsOf<Name extends string>(
  fields: Readonly<Record<Name, Field>>,
  alias: string,
): Record<Name, string> {
  const columns = namesOf(fields).map((name) => {
    const column = `${alias}.${columnOf(name, fields[name])}`;
    const isDuration = fields[name].kind === "duration";
    return [name, isDuration ? `(extract(epoch from ${column}) * 1000)::float8` : column];
  });
  return Object.fromEntries(columns) as Record<Name, string>;
}

/** A row as it comes from PostgreSQL. */
export type Row = Record<string, unknown>;

/** The part of a select that reads one noun. */
export interface Part<Noun> {
  /** Its part of the select list. */
  list: string;
  /** The noun in a row; null where an outer join found none. */
  of: (row: Row) => Noun | null;
}

/**
 * Reads a noun by the SQL of each of its values, the first of which is its key. Where a select reads several nouns,
 * a prefix keeps their columns apart.
 */
export function part<Noun extends object>(columns: Record<keyof Noun, string>, prefix = ""): Part<Noun> {
  const names = Object.keys(columns) as (keyof Noun & string)[];
  const values = names.map((name) => `${name}: row["${prefix}${name}"]`);
  // Compiled from the names of our own tables alone: a loop over them takes twenty times as long for each row.
  // oxlint-disable-next-line typescript/no-implied-eval
  const of = new Function(
    "row",
    `return row["${prefix}${names[0]!}"] === null ? null : { ${values.join(", ")} }`,
  );
  return {
    list: names.map((name) => `${columns[name]} as "${prefix}${name}"`).join(", "),
    of: of as Part<Noun>["of"],
  };
}

/** The column of a field: its name in snake case. */
export function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
