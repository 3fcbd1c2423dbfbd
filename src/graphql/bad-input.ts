import { GraphQLError } from "graphql";

/** A fault in what the client sent: names the argument and the rule, never the value. */
export function badInput(argument: string, rule: string): GraphQLError {
  return new GraphQLError(`Argument "${argument}" ${rule}.`, {
    extensions: { code: "BAD_USER_INPUT", argument },
  });
}
