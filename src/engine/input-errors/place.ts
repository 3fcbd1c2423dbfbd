import { Kind, type ASTNode, type TypeInfo } from "graphql";

/** Where in the arguments of a document a value stands. */
export interface Place {
  /** The argument and the input fields below it, as in `filter.createdFrom`. */
  argument: string;
  /** The field or directive whose argument it is, or the operation for the default of a variable. */
  owner: string;
}

/** The part of TypeInfo that a place is read from; ValidationContext has it too. */
type Types = Pick<TypeInfo, "getDirective" | "getFieldDef" | "getParentType">;

/** What stands above a node, as the visitors of graphql-js are told it: the parent last. */
export type Above = readonly (ASTNode | readonly ASTNode[])[];

/** The nodes above a visited node, outermost first. */
export function nodesAbove(parent: ASTNode | readonly ASTNode[] | undefined, ancestors: Above): ASTNode[] {
  return [...ancestors, ...(parent ? [parent] : [])].flatMap((one) => ("kind" in one ? [one] : []));
}

/** The place of the value that a visitor has just entered. */
export function placeOf(types: Types, above: readonly ASTNode[]): Place {
  const definition = above.find((node) => node.kind === Kind.VARIABLE_DEFINITION);
  if (definition) return { argument: `$${definition.variable.name.value}`, owner: "the operation" };
  const argument = above.flatMap((node) =>
    node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD ? [node.name.value] : [],
  );
  const directive = types.getDirective();
  const owner = directive
    ? `@${directive.name}`
    : `${types.getParentType()?.name}.${types.getFieldDef()?.name}`;
  return { argument: argument.join("."), owner };
}
