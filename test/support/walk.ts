import fc, { type GeneratorValue } from "fast-check";
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";
import { literalOf } from "./literals";

/** A value for an argument of this name, and the value that replaces it the second time. */
export interface Sent {
  as: RegExp;
  /** The only field that it is an argument for, such as `User.entitlements`; without it any. */
  of?: string;
  value: string;
  instead: string;
  /** Whether everybody may read what it names, so that it is sent only where it fits. */
  isPublic?: boolean;
}

/** A document and its variables, twice: they differ only in the replaced values. */
export interface Walk {
  operation: "query" | "mutation";
  document: string;
  variables: object;
  instead: object;
}

/** How to walk. */
export interface Walking {
  schema: GraphQLSchema;
  /** The values for texts and ids; for numbers, enums and booleans any value is sent. */
  pool: readonly Sent[];
  /** Which instants to ask for. */
  instants: readonly string[];
  /** Which fields to ask for. */
  mayAsk: (type: string, field: string) => boolean;
  /** How many levels of fields. */
  depth: number;
}

/** The limit for fields that have fields of their own, which make documents long. */
const INNER_AT_MOST = 16;

/** A random walk through the schema, from its root: fields, their fields, and arguments from the pool. */
export function walks(walking: Walking, operation: Walk["operation"] = "query"): fc.Arbitrary<Walk> {
  return fc.gen().map((draw) => new Walker(walking, draw).walk(operation));
}

/** Whether nothing but leaves is behind a field, so that a walk would end there. */
function isEnd({ type }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type);
  return (
    isObjectType(named) &&
    Object.values(named.getFields()).every((field) => isLeafType(getNamedType(field.type)))
  );
}

/** The limits for aliases and directives of a walk, which are lower than those of documents. */
const ALIASES_AT_MOST = 8;
const CONDITIONS_AT_MOST = 4;
const DEEP = JSON.parse("[".repeat(40) + "]".repeat(40)) as unknown;

/** Each as likely as the others. */
const anyNumber = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

/** One walk: each choice is drawn. */
class Walker {
  private inner = 0;
  private aliases = 0;
  private conditions = 0;
  private readonly fragments: string[] = [];
  private readonly types: string[] = [];
  private readonly variables: Record<string, unknown> = {};
  private readonly instead: Record<string, unknown> = {};

  constructor(
    private readonly walking: Walking,
    private readonly draw: GeneratorValue,
  ) {}

  walk(operation: Walk["operation"]): Walk {
    const { schema, mayAsk, depth } = this.walking;
    const root = operation === "query" ? schema.getQueryType()! : schema.getMutationType()!;
    const all = Object.values(root.getFields()).filter(({ name }) => mayAsk(root.name, name));
    const count = operation === "query" ? this.number(1, 3) : 1;
    const fields = Array.from({ length: count }, () => this.oneOf(all));
    const asked = fields.map((field, place) => `r${place}: ${this.field(root.name, field, depth)}`).join(" ");
    const { types, variables, instead, fragments } = this;
    const header = types.length > 0 ? `(${types.join(", ")})` : "";
    const document = [`${operation} ${header} { ${asked} }`, ...fragments].join(" ");
    return { operation, document, variables, instead };
  }

  private field(parent: string, { name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
    const given = this.ofOneDirection(args)
      .filter((arg) => this.isGiven(arg))
      .map((arg) => this.argument(`${parent}.${name}`, arg));
    const selection = this.selection(type, depth - 1); // drawn before the condition, which stands before it
    return `${name}${given.length > 0 ? `(${given.join(", ")})` : ""} ${this.condition()} ${selection}`;
  }

  private selection(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    if (isLeafType(named)) return "";
    const concrete = isAbstractType(named) ? this.oneOf(this.walking.schema.getPossibleTypes(named)) : named;
    const fields = Object.values(concrete.getFields()).filter(({ name }) =>
      this.walking.mayAsk(concrete.name, name),
    );
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    const asked = [...leaves, ...this.innerOf(fields, depth)].map(
      (field) => this.alias() + this.field(concrete.name, field, depth),
    );
    const selected = ["__typename", ...asked].join(" ");
    if (concrete === named && !this.isRare(6)) return `{ ${selected} }`;
    return `{ ${this.fragment(concrete.name, selected)} }`;
  }

  /** The same selection as a fragment, inline or with a name, perhaps under a condition. */
  private fragment(type: string, selected: string): string {
    if (!this.isRare(2)) return `... on ${type} ${this.condition()} { ${selected} }`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${type} { ${selected} }`);
    return `__typename ...${name} ${this.condition()}`;
  }

  private alias(): string {
    return this.aliases < ALIASES_AT_MOST && this.isRare(25) ? `x${this.aliases++}: ` : "";
  }

  /** Mostly no condition; otherwise one that is true half of the time. */
  private condition(): string {
    if (this.conditions >= CONDITIONS_AT_MOST || !this.isRare(25)) return "";
    this.conditions++;
    const name = this.oneOf(["include", "skip"]);
    const value = this.oneOf([true, false]);
    return this.isRare(2)
      ? `@${name}(if: ${value})`
      : `@${name}(if: ${this.variable("Boolean!", [value, value])})`;
  }

  private isRare(oneIn: number): boolean {
    return this.number(1, oneIn) === 1;
  }

  private innerOf(fields: GraphQLField<unknown, unknown>[], depth: number): GraphQLField<unknown, unknown>[] {
    if (depth < 2) return [];
    const inner = fields.filter((field) => !isLeafType(getNamedType(field.type)));
    const ends = inner.filter(isEnd);
    const ways = inner.filter((field) => !isEnd(field));
    return [...this.some(ends, 0), ...this.some(ways, 1)];
  }

  /** From `min` to three of these, while there is room. */
  private some<T>(values: readonly T[], min: number): T[] {
    const maxLength = Math.min(3, values.length, INNER_AT_MOST - this.inner);
    const minLength = Math.min(min, maxLength);
    const chosen =
      maxLength > 0 ? this.draw(() => fc.shuffledSubarray([...values], { minLength, maxLength })) : [];
    this.inner += chosen.length;
    return chosen;
  }

  /** A list is read forward or backward; both are asked for now and then, and refused. */
  private ofOneDirection(args: readonly GraphQLArgument[]): readonly GraphQLArgument[] {
    if (!args.some(({ name }) => name === "last") || this.isRare(40)) return args;
    const others = this.isRare(4) ? ["first", "after"] : ["last", "before"];
    return args.filter(({ name }) => !others.includes(name));
  }

  private isGiven({ name, type, defaultValue }: GraphQLArgument): boolean {
    if (isNonNullType(type) && defaultValue === undefined) return true;
    return this.number(1, 10) <= (name === "after" || name === "before" ? 4 : 8);
  }

  private argument(of: string, { name, type, defaultValue }: GraphQLArgument): string {
    const values = this.value(of, name, type);
    const isSame = JSON.stringify(values[0]) === JSON.stringify(values[1]);
    if (isSame && this.isRare(4)) return `${name}: ${literalOf(values[0], type)}`;
    const mayLack = !isNonNullType(type) || defaultValue !== undefined;
    if (mayLack && this.isRare(8)) return `${name}: ${this.lacking(getNullableType(type), values[0])}`;
    if (this.isRare(60)) return `${name}: ${this.variable(String(type), [DEEP, DEEP])}`;
    return `${name}: ${this.variable(String(type), values)}`;
  }

  /** A variable that may be null: with a default or without, and given as null or not at all. */
  private lacking(type: GraphQLInputType, value: unknown): string {
    const preset = this.isRare(2) ? ` = ${literalOf(value, type)}` : "";
    const variable = this.variable(`${String(type)}${preset}`, [null, null]);
    if (this.isRare(2)) for (const given of [this.variables, this.instead]) delete given[variable.slice(1)];
    return variable;
  }

  private variable(type: string, [value, instead]: [unknown, unknown]): string {
    const name = `v${this.types.length}`;
    this.types.push(`$${name}: ${type}`);
    this.variables[name] = value;
    this.instead[name] = instead;
    return `$${name}`;
  }

  /** A value, and the value that replaces it. */
  private value(of: string, name: string, type: GraphQLInputType): [unknown, unknown] {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const items = Array.from({ length: this.isRare(6) ? 0 : this.number(1, 3) }, () =>
        this.value(of, name, nullable.ofType),
      );
      return [items.map(([value]) => value), items.map(([, instead]) => instead)];
    }
    if (isInputObjectType(nullable)) {
      const all = Object.values(nullable.getFields());
      const optional = all.filter((field) => !isNonNullType(field.type));
      const chosen = this.draw(() =>
        fc.shuffledSubarray(optional, { maxLength: Math.min(2, optional.length) }),
      );
      const fields = all
        .filter((field) => isNonNullType(field.type) || chosen.includes(field))
        .map((field) => [field.name, ...this.value(of, field.name, field.type)] as const);
      const side = (place: 1 | 2) => Object.fromEntries(fields.map((field) => [field[0], field[place]]));
      return [side(1), side(2)];
    }
    if (nullable.name === "ID" || nullable.name === "String") return this.text(of, name);
    const plain = isEnumType(nullable) ? this.oneOf(nullable.getValues()).name : this.plain(nullable.name);
    return [plain, plain];
  }

  private text(of: string, name: string): [string, string] {
    const { pool } = this.walking;
    const fitting = pool.filter((sent) => sent.as.test(name) && (sent.of ?? of) === of);
    const isFitting = fitting.length > 0 && this.number(1, 20) > 1;
    const { value, instead } = this.oneOf(isFitting ? fitting : pool.filter(({ isPublic }) => !isPublic));
    return [value, instead];
  }

  private plain(type: string): unknown {
    if (type === "Int") return this.oneOf([1, 2, 2, 3, 3, 5, 20, 0]);
    if (type === "Int64") return this.oneOf([-1, 0, 3, 1_000_000]);
    if (type === "Boolean") return this.oneOf([true, false]);
    if (type === "DateTime") return this.oneOf(this.walking.instants);
    if (type === "Duration") return this.oneOf(["P14D", "P1DT12H"]);
    throw new Error(`Say what to send for ${type}`);
  }

  private oneOf<T>(values: readonly T[]): T {
    return values[this.number(0, values.length - 1)]!;
  }

  private number(min: number, max: number): number {
    return this.draw(anyNumber, min, max);
  }
}
