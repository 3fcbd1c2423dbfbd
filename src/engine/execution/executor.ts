import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  execute,
  getNamedType,
  GraphQLError,
  GraphQLScalarType,
  GraphQLSchema,
  getVariableValues,
  isEnumType,
  isNullableType,
  isSpecifiedScalarType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type ExecutionResult,
  type OperationDefinitionNode,
} from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";
import { definitionsOf, selectionsOf } from "../documents/documents";
import { badTexts } from "../input-errors/texts";
import { variableErrors } from "../input-errors/variables";

type Gateway = ApolloServerOptionsWithGateway<object>["gateway"];

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

/**
 * Runs operations: interpreted when first seen, compiled from the second time on, where compiling keeps the meaning.
 * It hangs behind Apollo Server where a gateway would, which is the one place for another executor.
 */
export function executor(schema: GraphQLSchema): Gateway {
  const seen = new WeakSet<OperationDefinitionNode>();
  const compilerSchema = withCoercedType(schema);
  const compiled = new Map<OperationDefinitionNode, CompiledQuery | null>();

  function compiledFor(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | null {
    if (!seen.has(operation)) {
      seen.add(operation);
      return null;
    }
    const known = compiled.get(operation);
    const query = known === undefined ? compile(compilerSchema, document, operation) : known;
    compiled.delete(operation);
    compiled.set(operation, query); // at the end: the first in line is the one unused for longest
    if (compiled.size > COMPILED_AT_MOST) compiled.delete(compiled.keys().next().value!);
    return query;
  }

  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: async () => ({
      executor: async ({ document, operation, request, context }): Promise<ExecutionResult> => {
        const variables = request.variables ?? {};
        const definitions = (operation as OperationDefinitionNode | undefined)?.variableDefinitions;
        const { coerced = {}, errors } = getVariableValues(schema, definitions ?? [], variables);
        if (errors || badTexts(coerced).length > 0)
          return { errors: variableErrors(schema, document, operation, variables) };
        const query = operation && compiledFor(document, operation);
        if (query) return withProperErrors(await query.query(undefined, context, coerced));
        return execute({
          schema,
          document,
          contextValue: context,
          variableValues: variables,
          operationName: request.operationName,
        });
      },
    }),
    stop: async () => undefined,
  };
}

/** The compiler's errors only look like those of graphql-js: they lack what others rely on, and are more. */
function withProperErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const firsts = new Map<string, GraphQLError>();
  for (const error of result.errors) {
    const place = nulledAt(result.data, error.path ?? []);
    if (!firsts.has(place)) firsts.set(place, error);
  }
  const errors = [...firsts.values()].map(({ message, path, locations, originalError }) => {
    const error = new GraphQLError(message, { path, originalError });
    return Object.defineProperty(error, "locations", { value: locations, enumerable: true });
  });
  return { ...result, errors };
}

/** Where the answer ends that an error has made null: of several that meet there, graphql-js tells the first. */
function nulledAt(data: unknown, path: readonly (string | number)[]): string {
  let depth = 0;
  for (let here = data; depth < path.length && typeof here === "object" && here !== null; depth++)
    here = (here as Record<string | number, unknown>)[path[depth]!];
  return path.slice(0, depth).join(".");
}

/** Null where the compiler is known to differ, or refuses. */
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

/** The compiler's own reading of variables forgets defaults, so they are coerced before and only passed through. */
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
 * The compiler writes literals of custom scalars into its code as text, gives variables inside of input objects no
 * defaults, and reads conditions in fragments its own way: such documents are left to the interpreter. So is
 * introspection, which nobody repeats, and what is large, as the compiler writes fragments out wherever they are spread.
 */
export function isCompilable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  let plain = operation.operation === OperationTypeNode.QUERY;
  const types = new TypeInfo(schema);
  const walk = visitWithTypeInfo(types, {
    enter(node) {
      const type = types.getInputType();
      const named = getNamedType(type);
      if (node.kind === Kind.LIST) plain = false;
      else if (node.kind === Kind.OBJECT_FIELD && node.value.kind === Kind.VARIABLE)
        plain &&= isNullableType(type) && types.getDefaultValue() === undefined;
      else if (LITERALS.has(node.kind)) plain &&= isEnumType(named) || isSpecifiedScalarType(named!);
      else if (node.kind === Kind.DIRECTIVE) plain = false;
      else if (node.kind === Kind.FIELD && node.name.value.startsWith("__"))
        plain &&= node.name.value === "__typename";
    },
  });
  for (const definition of definitionsOf(document, operation)) visit(definition, walk);
  return plain && selectionsOf(document, operation) <= COMPILED_SELECTIONS_AT_MOST;
}
