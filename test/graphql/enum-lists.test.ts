import { getMetadataStorage } from "class-validator";
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  type GraphQLInputType,
} from "graphql";
import { WEBHOOK_TYPES } from "../../src/entities/webhooks/webhook";
import { schema } from "../support/demo-app";

/** How long the list of an input field may be, by what validates it. */
function longestOf(type: string, property: string): number {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: Map<
      { name: string },
      { name?: string; propertyName: string; constraints: number[] }[]
    >;
  };
  const rule = [...validationMetadatas]
    .filter(([{ name }]) => name === type)
    .flatMap(([, rules]) => rules)
    .find(({ name, propertyName }) => name === "arrayMaxSize" && propertyName === property);
  return rule?.constraints[0] ?? NaN;
}

const valuesOf = (type: GraphQLInputType) => {
  const named = getNamedType(type);
  return isEnumType(named) && isListType(getNullableType(type)) ? named.getValues().length : null;
};

test("a list of values of an enum can hold all of them", () => {
  const lists = Object.values(schema.getTypeMap())
    .filter(isInputObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({
        list: `${type.name}.${field.name}`,
        values: valuesOf(field.type),
        longest: longestOf(type.name, field.name),
      })),
    )
    .filter(({ values }) => values !== null);
  expect(lists.length).toBeGreaterThan(6);
  // Webhooks tell of some types only, and refuse the others.
  const isWebhook = (list: string) => list.includes("Webhook");
  for (const { list, values, longest } of lists)
    expect({ list, longest }).toEqual({ list, longest: isWebhook(list) ? WEBHOOK_TYPES.length : values });
});
