import { readFileSync } from "node:fs";
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
} from "graphql";
import { buildGraphQLSchema, schemaText } from "../../src/graphql/schema";
import { replacedWordsIn } from "../support/replaced-words";

const schema: GraphQLSchema = buildGraphQLSchema();
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
const ROOTS = new Set(["Query", "Mutation"]);

/** All that a type declares, by coordinate. */
function membersOf(
  type: GraphQLNamedType,
): { at: string; description?: string | null; deprecationReason?: string | null }[] {
  if (isEnumType(type))
    return type.getValues().map((value) => ({ ...value, at: `${type.name}.${value.name}` }));
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => ({ ...field, at: `${type.name}.${field.name}` }));
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    { ...field, at: `${type.name}.${field.name}` },
    ...field.args.map((arg) => ({ ...arg, at: `${type.name}.${field.name}(${arg.name}:)` })),
  ]);
}

test("schema.graphql is what the code says; `npm run schema` writes it", () => {
  expect(readFileSync("schema.graphql", "utf8")).toBe(schemaText());
});

test("every type, field, argument and enum value has a description", () => {
  const bare = types
    .filter(({ name }) => !ROOTS.has(name))
    .filter(({ description }) => !description)
    .map(({ name }) => name);
  const bareMembers = types.flatMap(membersOf).filter(({ description }) => !description);
  expect([...bare, ...bareMembers.map(({ at }) => at)]).toEqual([]);
});

/** What every mutation answers, however many objects its input names. */
const OF_EVERY_PAYLOAD = new Set(["userErrors", "preview"]);

test("a list of objects that a mutation answers counts for as many as its input may name", () => {
  const isListOf = (type: GraphQLType, is: (named: GraphQLNamedType) => boolean) =>
    isListType(getNullableType(type)) && is(getNamedType(type));
  const uncounted = Object.values(schema.getMutationType()!.getFields()).flatMap(({ name, args, type }) => {
    const given = args.flatMap((arg) => {
      const input = getNamedType(arg.type);
      return isInputObjectType(input) ? Object.values(input.getFields()) : [];
    });
    if (!given.some((field) => isListOf(field.type, (named) => !isEnumType(named)))) return [];
    return Object.values((getNamedType(type) as GraphQLObjectType).getFields())
      .filter((field) => !OF_EVERY_PAYLOAD.has(field.name) && isListOf(field.type, isCompositeType))
      .filter(({ extensions }) => extensions["itemsAtMost"] === undefined)
      .map((field) => `${name}.${field.name}`);
  });
  expect(uncounted).toEqual([]);
});

/** What a description may not begin with: it begins with its noun, with the verb of an operation or with "Whether". */
const OPENINGS =
  /^(what|which|who|whom|whose|why|when|where|how|by|of|in|at|as|from|until|since|before|after|only|it|its|they|their|you|your|somebody|anybody|that)\b/i;
/** Nouns of the product. A description without any of them says nothing to readers who do not know the field. */
const NOUNS =
  /\b(accounts?|actions?|address|agents?|attempts?|authors?|catalog|certificates?|changes?|codes?|comments?|commands?|conditions?|courses?|cursors?|dates?|days?|decisions?|descriptions?|details?|directions?|enrollments?|entitlements?|entry|entries|errors?|expiry|fields?|history|ids?|instants?|items?|jobs?|keys?|kinds?|labels?|learners?|levels?|lists?|lock|locks|messages?|modes?|names?|numbers?|objects?|operations?|orders?|outcomes?|pages?|parts?|periods?|places?|policy|policies|reasons?|refunds?|requests?|results?|revocations?|runs?|scalars?|secrets?|sessions?|shops?|sites?|SQL|states?|summary|titles?|types?|URLs?|usernames?|users?|UUIDs?|values?|ways?|webhooks?)\b/i;

/** What is wrong with a description, or null. Code in backquotes is not English. */
function faultOf(description: string): string | null {
  const text = description.replaceAll(/`[^`]*`/g, "it");
  if (text.split(/\s+/).length < 3) return "has fewer than three words";
  if (!/^["A-Z`]/.test(description)) return "does not begin with a capital letter";
  if (!description.endsWith(".")) return "does not end with a full stop";
  if (OPENINGS.test(description)) return "does not begin with a noun";
  const [replaced] = replacedWordsIn(description);
  if (replaced) return `says "${replaced}", which the glossary replaces`;
  return NOUNS.test(text) ? null : "has no noun of the product";
}

test("every description is a full sentence in the words of the glossary", () => {
  const described = types.flatMap((type) => [
    { at: type.name, description: type.description },
    ...membersOf(type),
  ]);
  const faults = described
    .filter(({ description }) => description)
    .flatMap(({ at, description }) => {
      const fault = faultOf(description!);
      return fault ? [`${at} ${fault}: ${description}`] : [];
    });
  expect(faults).toEqual([]);
});

test.each([
  ["Which.", "has fewer than three words"],
  ["By which door it came.", "does not begin with a noun"],
  ["What came of the refund.", "does not begin with a noun"],
  ["The order that was paid back.", 'says "paid back", which the glossary replaces'],
  ["The entry of the catalogue.", 'says "catalogue", which the glossary replaces'],
  ["The one that was asked for.", "has no noun of the product"],
  ["The state of the refund", "does not end with a full stop"],
])("the description %j %s", (description, fault) => {
  expect(faultOf(description)).toBe(fault);
});

test("a deprecated field says when it goes", () => {
  const reasons = types.flatMap(membersOf).flatMap(({ deprecationReason }) => deprecationReason ?? []);
  for (const reason of reasons) expect(reason).toMatch(/Removal on \d{4}-\d\d-\d\d UTC\.$/);
});

test("no field repeats its type's name, but for Open edX's own `username`", () => {
  const prefixed = types.flatMap((type) =>
    membersOf(type).filter(({ at }) => at.split(".")[1]!.toLowerCase().startsWith(type.name.toLowerCase())),
  );
  expect(prefixed.map(({ at }) => at)).toEqual(["User.username"]);
});

test("instants end in At or Until, booleans ask a question, and only ids and links are abbreviated", () => {
  const fields = types
    .filter((type) => isObjectType(type))
    .flatMap((type) => Object.entries(type.getFields()));
  for (const [name, { type }] of fields) {
    if (String(type).startsWith("DateTime")) expect(name).toMatch(/(At|Until)$/);
    if (String(type).startsWith("Boolean")) expect(name).toMatch(/^(is|can|has)[A-Z]/);
  }
});

test("every mutation takes one input and answers with a nullable payload of its name", () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const capitalized = name[0]!.toUpperCase() + name.slice(1);
    expect(args.map((arg) => `${arg.name}: ${String(arg.type)}`)).toEqual([`input: ${capitalized}Input!`]);
    expect(String(type)).toBe(`${capitalized}Payload`);
  }
});

test("every mutation can be tried in a dry run, which tells the history that it would record", () => {
  for (const { args, type } of Object.values(schema.getMutationType()!.getFields())) {
    expect(Object.keys((getNamedType(args[0]!.type) as GraphQLInputObjectType).getFields())).toContain(
      "dryRun",
    );
    expect(Object.keys((getNamedType(type) as GraphQLObjectType).getFields())).toContain("preview");
  }
});

test("everything at the root is nullable, so that one failure does not blank the answer", () => {
  for (const { type } of Object.values(schema.getQueryType()!.getFields()))
    expect(String(type)).not.toMatch(/!$/);
});
