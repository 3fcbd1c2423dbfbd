import {
  Kind,
  visit,
  type ASTNode,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type OperationDefinitionNode,
} from "graphql";
import { definitionsOf } from "./documents";

/** The value of each variable on which `@include` or `@skip` depends in an operation, by its name. */
export type Conditions = Readonly<Record<string, boolean>>;

type Variables = Readonly<Record<string, unknown>>;

/**
 * The values of the variables on which an operation's selections depend: given, or by default. A variable that has no
 * Boolean is left out, as the operation will not run with it.
 */
export function conditionsOf(
  operation: OperationDefinitionNode,
  conditional: readonly string[],
  variables: Variables,
): Conditions {
  const values: [string, boolean][] = [];
  for (const name of conditional) {
    const value = Object.hasOwn(variables, name) ? variables[name] : defaultOf(operation, name);
    if (typeof value === "boolean") values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** The names of the variables on which it depends what an operation selects, in their order. */
export function conditionalVariables(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const names = new Set<string>();
  for (const definition of definitionsOf(document, operation))
    visit(definition, {
      Directive(directive: DirectiveNode) {
        const variable = variableOf(directive);
        if (variable !== null) names.add(variable);
      },
    });
  return [...names].toSorted();
}

/**
 * The document without the selections that a variable leaves out. A selection with a constant condition stays, as who
 * writes a document could as well leave it out.
 */
export function withoutLeftOut(document: DocumentNode, conditions: Conditions): DocumentNode {
  const drop = ({ directives }: { readonly directives?: readonly DirectiveNode[] | undefined }) =>
    directives?.some((directive) => leavesOut(directive, conditions)) ? null : undefined;
  return visit(document, { Field: drop, FragmentSpread: drop, InlineFragment: drop });
}

/** Whether a condition leaves a selection out, a constant one too. Coerced variables are expected. */
export function isLeftOut(node: ASTNode, variables: Variables): boolean {
  const directives: readonly DirectiveNode[] = ("directives" in node && node.directives) || [];
  return directives.some(({ name, arguments: [condition] = [] }) => {
    const value = condition?.value;
    const told =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : value?.kind === Kind.BOOLEAN && value.value;
    return (name.value === "skip" && told === true) || (name.value === "include" && told === false);
  });
}

function leavesOut(directive: DirectiveNode | ConstDirectiveNode, conditions: Conditions): boolean {
  const variable = variableOf(directive);
  if (variable === null || !Object.hasOwn(conditions, variable)) return false;
  return conditions[variable] === (directive.name.value === "skip");
}

/** The variable of `@include(if: $variable)` or `@skip(if: $variable)`; null for any other directive. */
function variableOf({ name, arguments: given }: DirectiveNode): string | null {
  if (name.value !== "include" && name.value !== "skip") return null;
  const value = given?.find((argument) => argument.name.value === "if")?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : null;
}

function defaultOf({ variableDefinitions }: OperationDefinitionNode, name: string): unknown {
  const preset = variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return preset?.kind === Kind.BOOLEAN ? preset.value : undefined;
}
