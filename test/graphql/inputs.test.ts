import { getMetadataStorage as rules, ValidationTypes } from "class-validator";
import { getNamedType, GraphQLScalarType, isInputObjectType, type GraphQLInputObjectType } from "graphql";
import { getMetadataStorage, ID } from "type-graphql";
import { schema } from "../support/demo-app";
import { DurationScalar } from "../../src/graphql/scalars";

/** The longest text that any input may have: an agent's comments, and a cursor. */
const TEXT_AT_MOST = 2_000;
const ITEMS_AT_MOST = 1_000;

const { inputTypes, argumentTypes, params } = getMetadataStorage();
const inputClasses = new Set(inputTypes.map(({ target }) => target));
const places = [...inputTypes, ...argumentTypes].flatMap(({ target, fields = [] }) =>
  fields.map((field) => ({ target, field, type: field.getType(), at: `${target.name}.${field.name}` })),
);

/** The checks of a field by class-validator, by the name of the rule. */
function rulesOf({ target, field }: (typeof places)[number]) {
  const all = rules().getTargetValidationMetadatas(target, "", false, false);
  return all.filter(({ propertyName }) => propertyName === field.name);
}

/** Whether a rule limits the length of a text. */
function bounds({ name, constraints }: ReturnType<typeof rulesOf>[number]): boolean {
  const [first] = constraints as unknown[];
  if (name === "maxLength") return (first as number) <= TEXT_AT_MOST;
  if (name === "matches") return !/[*+]|,\}/.test((first as RegExp).source);
  return name === "isUuid" || name === "isIn";
}

const isList = ({ field }: (typeof places)[number]) => Boolean(field.typeOptions.array);
const isText = ({ type }: (typeof places)[number]) =>
  type === String || type === ID || type === DurationScalar;

test("no input type contains itself, directly or indirectly, so that the depth of every input is bounded", () => {
  const visit = (type: GraphQLInputObjectType, trail: readonly string[]): void => {
    expect(trail).not.toContain(type.name);
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      if (isInputObjectType(inner)) visit(inner, [...trail, type.name]);
    }
  };
  const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type));
  expect(inputs.length).toBeGreaterThan(15);
  for (const input of inputs) visit(input, []);
});

test("every argument is part of a class, whose rules are checked", () => {
  for (const param of params) {
    if (param.kind === "arg") expect(inputClasses).toContain(param.getType());
    if (param.kind === "arg" || param.kind === "args") expect(param.validateSettings).toBeUndefined();
  }
});

test.each(
  places.filter(({ type }) => inputClasses.has(type as () => void)).map((place) => [place.at, place]),
)("the rules of the nested input %s are checked too", (_, place) => {
  expect(rulesOf(place).map(({ type }) => type)).toContain(ValidationTypes.NESTED_VALIDATION);
});

test.each(places.filter(isList).map((place) => [place.at, place]))(
  "the length of the list %s is limited",
  (_, place) => {
    const max = rulesOf(place).find(({ name }) => name === "arrayMaxSize");
    expect(max?.constraints[0]).toBeLessThanOrEqual(ITEMS_AT_MOST);
  },
);

test.each(places.filter(isText).map((place) => [place.at, place]))(
  "the length of the text %s is limited",
  (_, place) => {
    const found = rulesOf(place).filter(bounds);
    // The rule of a UUID holds for each of a list by itself.
    expect(found.some(({ name, each }) => name === "isUuid" || !each === !isList(place))).toBe(true);
  },
);

test("the inputs have no other texts", () => {
  const others = places.filter((place) => !isText(place)).map(({ type }) => type);
  const names = others.flatMap((type) => (type instanceof GraphQLScalarType ? type.name : []));
  expect([...new Set(names)].sort()).toEqual(["DateTime", "Int", "Int64"]);
});
