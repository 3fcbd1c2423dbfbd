import { GraphQLError } from "graphql";
import { jitRuntime, type JitRuntime } from "graphql-jit/dist/runtime";

type Execution = Parameters<JitRuntime["handleResolverResult"]>[0];
type Callback = (value: unknown) => void;

/**
 * Makes sure that compiled code answers with an error where it throws. The compiler reads properties and calls
 * serializers inside of the callbacks of promises, where a throwing getter would be a rejection that nobody handles: the
 * end of the process, and a request without an answer. An execution that has an error is interpreted again.
 */
export function containThrows(): void {
  if (isContained) return;
  isContained = true;
  for (const handler of ["handleResolverResult", "handleListItemResult"] as const) {
    const original = jitRuntime[handler].bind(jitRuntime);
    jitRuntime[handler] = (execution: Execution, value: unknown, done: Callback, failed: Callback) =>
      jitRuntime.isPromise(value)
        ? original(execution, value, contained(execution, done), contained(execution, failed))
        : original(execution, value, done, failed);
  }
}
let isContained = false;

function contained(execution: Execution, callback: Callback): Callback {
  return (value) => {
    try {
      callback(value);
    } catch (error) {
      const message = "The compiled code has failed.";
      execution.errors.push(new GraphQLError(message, { originalError: error as Error }));
    }
  };
}
