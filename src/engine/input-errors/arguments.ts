import type { ValidationError } from "class-validator";
import type { FieldNode, GraphQLError } from "graphql";

/** A rule that an argument breaks. */
export interface ArgumentFault {
  /** The argument and the input fields below it. */
  argument: string;
  /** The message of the decorator that found it; it completes `Argument "…"`. */
  rule: string;
}

/** The faults that class-validator has found in the arguments of a field, without the values that it carries along. */
export function argumentFaults(
  faults: readonly ValidationError[],
  error: GraphQLError | null,
): ArgumentFault[] {
  const [node] = (error?.nodes ?? []) as readonly FieldNode[];
  const names = (node?.arguments ?? []).map(({ name }) => name.value);
  return faults.flatMap((fault) => {
    const isWithin = names.length === 1 && !names.includes(fault.property);
    return rulesOf(fault, isWithin ? [names[0]!] : []);
  });
}

function rulesOf(
  { property, constraints = {}, children = [] }: ValidationError,
  above: readonly string[],
): ArgumentFault[] {
  const here = [...above, property];
  const own = Object.values(constraints).map((rule) => ({ argument: here.join("."), rule }));
  return [...own, ...children.flatMap((child) => rulesOf(child, here))];
}
