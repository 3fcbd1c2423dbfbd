import { GraphQLError, type ASTVisitor, type ValidationContext } from "graphql";

/** A validation rule that refuses operations of a type that the schema does not have, such as subscriptions. */
export function operationTypeRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `The ${node.operation} operation is not supported by the schema.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
