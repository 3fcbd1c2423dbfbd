import {
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** The fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return fragments;
}

/** How many selections an operation has, with its fragments counted wherever they are spread. */
export function selectionsOf(document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = fragmentsOf(document);
  const known = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const size = known.get(name) ?? ofSet(fragments.get(name)?.selectionSet);
    known.set(name, size);
    return size;
  };
  const ofSet = (set: SelectionSetNode | undefined): number => {
    let size = 0;
    for (const selection of set?.selections ?? [])
      size +=
        1 +
        (selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : ofSet(selection.selectionSet));
    return size;
  };
  return ofSet(operation.selectionSet);
}

/** The names of the fields that an operation asks its root for, again and again where they are; not `__typename`. */
export function rootFieldsOf(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = fragmentsOf(document);
  const namesIn = (set: SelectionSetNode | undefined): string[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD)
        return selection.name.value === "__typename" ? [] : selection.name.value;
      return namesIn(
        selection.kind === Kind.FRAGMENT_SPREAD
          ? fragments.get(selection.name.value)?.selectionSet
          : selection.selectionSet,
      );
    });
  return namesIn(operation.selectionSet);
}

/** An operation and the fragments that it reaches, each once. */
export function definitionsOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Set<OperationDefinitionNode | FragmentDefinitionNode> {
  const fragments = fragmentsOf(document);
  const reached = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  for (const definition of reached)
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment) reached.add(fragment);
      },
    });
  return reached;
}
