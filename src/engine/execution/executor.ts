import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  execute,
  getVariableValues,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { isUnavailable } from "../../store/unavailable";
import { nullChecker } from "../input-errors/nulls";
import { badTexts } from "../input-errors/texts";
import { hasDeepVariable, variableErrors } from "../input-errors/variables";
import { compiler, type Compiled } from "./compiler";

/** Counts executions by how they came about. */
export interface ExecutionCounter {
  /** Counts one that has been answered. */
  executed(how: "compiled" | "interpreted"): void;
}

type Gateway = ApolloServerOptionsWithGateway<object>["gateway"];

/** An operation to be run; `operation` is undefined where the document has none of the name. */
export interface Running {
  document: DocumentNode;
  operation: OperationDefinitionNode | undefined;
  /** The name of the operation, where the document has several. */
  operationName?: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  /** What every resolver is given. */
  context: object;
}

/** The runner as Apollo Server's `gateway`, the only hook that replaces its executor. */
export function executor(schema: GraphQLSchema, counter?: ExecutionCounter): Gateway {
  const run = runner(schema, counter);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: async () => ({
      executor: ({ document, operation, request: { variables = {}, operationName }, context }) =>
        run({
          document,
          operation,
          operationName,
          variables,
          context,
        }),
    }),
    stop: async () => undefined,
  };
}

/** Runs operations: interpreted when first seen, compiled from the second time on, with equal answers. */
export function runner(
  schema: GraphQLSchema,
  counter?: ExecutionCounter,
): (running: Running) => Promise<ExecutionResult> {
  const compiledFor = compiler(schema);
  const nullErrors = nullChecker(schema);

  /** The variables with their defaults, or what is wrong with them. */
  function coerce(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): { coerced: Record<string, unknown>; faults: GraphQLError[] } {
    if (hasDeepVariable(operation, variables))
      return { coerced: {}, faults: variableErrors(schema, document, operation, variables) };
    const definitions = operation.variableDefinitions ?? [];
    const { coerced, errors } = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
    if (errors || badTexts(coerced).length > 0)
      return { coerced: {}, faults: variableErrors(schema, document, operation, variables) };
    return { coerced, faults: nullErrors(document, operation, coerced) };
  }

  return async ({ document, operation, operationName, variables, context }) => {
    const interpret = async () =>
      execute({ schema, document, contextValue: context, variableValues: variables, operationName });
    if (!operation) return interpret(); // which says what is wrong
    const { coerced, faults } = coerce(document, operation, variables);
    if (faults.length > 0) return { errors: faults };
    const compiled = compiledFor(document, operation, coerced);
    const answer = compiled && settledAnswer(await answerOf(compiled, context, coerced));
    counter?.executed(answer ? "compiled" : "interpreted");
    return answer ?? interpret();
  };
}

/** The answer of compiled code; an error where the code itself throws. */
async function answerOf(
  compiled: Compiled,
  context: object,
  variables: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  try {
    return (await compiled(context, variables)) as ExecutionResult;
  } catch (error) {
    return { errors: [new GraphQLError("The compiled code has failed.", { originalError: error as Error })] };
  }
}

/**
 * A compiled answer without errors is the interpreter's answer. One with errors may differ, as the compiler chooses
 * other errors when several make the same position null: then null is returned, and the interpreter runs the query
 * again. A query changes nothing, and its loaders remember what they have loaded. An outage is not asked a second time.
 */
function settledAnswer(answer: ExecutionResult): ExecutionResult | null {
  if (!answer.errors) return answer;
  const outage = answer.errors.find(({ originalError }) => isUnavailable(originalError));
  if (!outage) return null;
  const { message, path, originalError } = outage;
  return { errors: [new GraphQLError(message, { path, originalError })] };
}
