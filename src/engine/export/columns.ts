import {
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type GraphQLType,
  type SelectionSetNode,
} from "graphql";

/** The paths of the values that a selection brings for each object; a list is one value, whatever it holds. */
export function columnsOf(type: GraphQLType, selectionSet: SelectionSetNode): string[][] {
  const object = getNamedType(type);
  if (!isObjectType(object)) throw new Error(`${String(type)} has no fields`);
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind !== Kind.FIELD) throw new Error("Exports select fields only");
    const { name, selectionSet: inner } = selection;
    const { type: ofField } = object.getFields()[name.value]!;
    if (!inner || isListType(getNullableType(ofField))) return [[name.value]];
    return columnsOf(ofField, inner).map((path) => [name.value, ...path]);
  });
}
