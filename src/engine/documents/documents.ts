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

/** How many fields an operation asks its root for, each counted wherever it is; not `__typename`. */
export function rootFieldCount(document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = fragmentsOf(document);
  const fieldsIn = (set: SelectionSetNode | undefined): number => {
    let count = 0;
    for (const selection of set?.selections ?? [])
      if (selection.kind === Kind.FIELD) count += selection.name.value === "__typename" ? 0 : 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += fieldsIn(selection.selectionSet);
      else count += fieldsIn(fragments.get(selection.name.value)?.selectionSet);
    return count;
  };
  return fieldsIn(operation.selectionSet);
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
