import { readFileSync } from "node:fs";
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";
import { buildGraphQLSchema, schemaText } from "../../src/graphql/schema";

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

test("instants end in At, booleans ask a question, and only ids and links are abbreviated", () => {
  const fields = types
    .filter((type) => isObjectType(type))
    .flatMap((type) => Object.entries(type.getFields()));
  for (const [name, { type }] of fields) {
    if (String(type).startsWith("DateTime")) expect(name).toMatch(/At$/);
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

test("everything at the root is nullable, so that one failure does not blank the answer", () => {
  for (const { type } of Object.values(schema.getQueryType()!.getFields()))
    expect(String(type)).not.toMatch(/!$/);
});
