import {
  getNamedType,
  GraphQLScalarType,
  GraphQLSchema,
  isEnumType,
  isNullableType,
  isSpecifiedScalarType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type OperationDefinitionNode,
} from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";
import { definitionsOf, selectionsOf } from "../documents/documents";
import { containThrows } from "./contained";

const COMPILED_AT_MOST = 200;
const COMPILED_SELECTIONS_AT_MOST = 500;
const LITERALS: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.ENUM,
  Kind.NULL,
]);

/** The compiled form of an operation; null when it is seen for the first time or must be interpreted. */
export type Compiler = (document: DocumentNode, operation: OperationDefinitionNode) => CompiledQuery | null;

/** A compiler that keeps the operations used most recently. */
export function compiler(schema: GraphQLSchema): Compiler {
  containThrows();
  const seen = new WeakSet<OperationDefinitionNode>();
  const compilerSchema = withCoercedType(schema);
  const compiled = new Map<OperationDefinitionNode, CompiledQuery | null>();

  return (document, operation) => {
    if (!seen.has(operation)) {
      seen.add(operation);
      return null;
    }
    const known = compiled.get(operation);
    const query = known === undefined ? compile(compilerSchema, document, operation) : known;
    compiled.delete(operation);
    compiled.set(operation, query); // at the end: the first one is the one unused for the longest time
    if (compiled.size > COMPILED_AT_MOST) compiled.delete(compiled.keys().next().value!);
    return query;
  };
}

/** Null when the compiler is known to differ from the interpreter, or refuses. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | null {
  if (!isCompilable(schema, document, operation)) return null;
  const own = [...definitionsOf(document, operation)];
  const definitions = own.map((one) => (one === operation ? withCoercedVariables(operation) : one));
  const query = compileQuery(schema, { kind: Kind.DOCUMENT, definitions });
  return isCompiledQuery(query) ? query : null;
}

/** The compiler loses the defaults of variables, so that variables are coerced before it and only passed through. */
const COERCED = new GraphQLScalarType({ name: "CoercedVariable" });

function withCoercedVariables(operation: OperationDefinitionNode): OperationDefinitionNode {
  const type = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } } as const;
  const variableDefinitions = operation.variableDefinitions?.map(({ kind, variable }) => ({
    kind,
    variable,
    type,
  }));
  return { ...operation, variableDefinitions };
}

function withCoercedType(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, COERCED], assumeValid: true });
}

/**
 * Whether the compiler answers an operation as the interpreter does. The compiler writes literals of custom scalars
 * into its code as text, gives variables inside input objects no defaults, reads conditions in fragments differently,
 * and loses names that every JavaScript object inherits, such as `__proto__` and `constructor`. It also writes out a
 * fragment wherever it is spread, which takes too long for large operations. Introspection is not worth compiling.
 * One difference is not seen here: the compiler does not call functions that are plain properties of an object, so a
 * field that computes its value needs a resolver or a getter.
 */
export function isCompilable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  let isPlain = operation.operation === OperationTypeNode.QUERY;
  const types = new TypeInfo(schema);
  const walk = visitWithTypeInfo(types, {
    enter(node) {
      const type = types.getInputType();
      const named = getNamedType(type);
      if (node.kind === Kind.LIST || node.kind === Kind.DIRECTIVE) isPlain = false;
      else if (node.kind === Kind.NAME) isPlain &&= !(node.value in Object.prototype);
      else if (node.kind === Kind.OBJECT_FIELD && node.value.kind === Kind.VARIABLE)
        isPlain &&= isNullableType(type) && types.getDefaultValue() === undefined;
      else if (LITERALS.has(node.kind)) isPlain &&= isEnumType(named) || isSpecifiedScalarType(named!);
      else if (node.kind === Kind.FIELD && node.name.value.startsWith("__"))
        isPlain &&= node.name.value === "__typename";
    },
  });
  for (const definition of definitionsOf(document, operation)) visit(definition, walk);
  return isPlain && selectionsOf(document, operation) <= COMPILED_SELECTIONS_AT_MOST;
}
