import {
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { conditionalVariables } from "../documents/conditions";
import { definitionsOf, selectionsOf } from "../documents/documents";
import { containThrows } from "./contained";
import { rewrite } from "./rewrite";

const COMPILED_AT_MOST = 200;
const COMPILED_SELECTIONS_AT_MOST = 500;
/** Each doubles the forms in which an operation is compiled: one for each combination of their values. */
const CONDITIONS_AT_MOST = 4;

type Variables = Readonly<Record<string, unknown>>;

/** Answers a compiled operation, with coerced variables. It may throw, or answer with errors unlike the interpreter's. */
export type Compiled = (context: object, variables: Variables) => unknown;

/** The compiled form of an operation; null when it is seen for the first time or must be interpreted. */
export type Compiler = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => Compiled | null;

/** A compiler that keeps the operations used most recently. */
export function compiler(schema: GraphQLSchema): Compiler {
  containThrows();
  const conditions = new WeakMap<OperationDefinitionNode, { number: number; names: string[] }>();
  const compilerSchema = withCoercedType(schema);
  const compiled = new Map<string, Compiled | null>();
  let count = 0;

  return (document, operation, variables) => {
    const seen = conditions.get(operation);
    if (!seen) {
      const names = conditionalVariables(document, operation);
      conditions.set(operation, { number: ++count, names });
      return null;
    }
    const form = `${seen.number} ${seen.names.map((name) => Number(variables[name] === true)).join("")}`;
    const known = compiled.get(form);
    const query = known === undefined ? compile(compilerSchema, document, operation, variables) : known;
    compiled.delete(form);
    compiled.set(form, query); // at the end: the first one is the one unused for the longest time
    if (compiled.size > COMPILED_AT_MOST) compiled.delete(compiled.keys().next().value!);
    return query;
  };
}

/** Null when the compiler is known to differ from the interpreter, or refuses. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Compiled | null {
  if (!isCompilable(document, operation)) return null;
  const rewritten = rewrite(schema, [...definitionsOf(document, operation)], operation, variables);
  if (!rewritten) return null;
  const definitions = rewritten.definitions.map((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? withCoercedVariables(one, rewritten.names) : one,
  );
  const compiled = compileQuery(schema, { kind: Kind.DOCUMENT, definitions });
  if (!isCompiledQuery(compiled)) return null;
  return (context, given) => compiled.query(undefined, context, { ...given, ...rewritten.valuesFor(given) });
}

/** The compiler loses the defaults of variables, so that variables are coerced before it and only passed through. */
const COERCED = new GraphQLScalarType({ name: "CoercedVariable" });

function withCoercedVariables(
  operation: OperationDefinitionNode,
  more: readonly string[],
): OperationDefinitionNode {
  const own = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  const variableDefinitions = [...own, ...more].map((value): VariableDefinitionNode => ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value } },
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } },
  }));
  return { ...operation, variableDefinitions };
}

function withCoercedType(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, COERCED], assumeValid: true });
}

/**
 * Whether the compiler answers an operation as the interpreter does, once it has been rewritten. The compiler loses names
 * that every JavaScript object inherits, such as `__proto__` and `constructor`. It also writes out a fragment wherever it
 * is spread, which takes too long for large operations. Introspection is not worth compiling.
 * One difference is not seen here: the compiler does not call functions that are plain properties of an object, so a
 * field that computes its value needs a resolver or a getter.
 */
function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  const definitions = definitionsOf(document, operation);
  let isPlain = conditionalVariables(document, operation).length <= CONDITIONS_AT_MOST;
  const walk = {
    Name: ({ value }: { value: string }) => void (isPlain &&= !(value in Object.prototype)),
    Field: ({ name }: { name: { value: string } }) =>
      void (isPlain &&= !name.value.startsWith("__") || name.value === "__typename"),
  };
  for (const definition of definitions) visit(definition, walk);
  return isPlain && selectionsOf(document, operation) <= COMPILED_SELECTIONS_AT_MOST;
}
