import "reflect-metadata";
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { EntitlementDetailsResolver } from "./resolvers/entitlement-details.resolver";
import { FieldChangeResolver } from "./resolvers/field-change.resolver";
import { EntitlementResolver } from "./resolvers/entitlement.resolver";
import {
  EntitlementHistoryResolver,
  HistoryEntryResolver,
  PolicyHistoryResolver,
  RefundHistoryResolver,
  SupportDetailHistoryResolver,
} from "./resolvers/history.resolver";
import { LearnerMutations } from "./resolvers/learner-mutations.resolver";
import { PolicyResolver } from "./resolvers/policy.resolver";
import { RefundMutations } from "./resolvers/refund-mutations.resolver";
import { EntitlementRefundsResolver, RefundResolver } from "./resolvers/refund.resolver";
import { ServiceMutations } from "./resolvers/service-mutations.resolver";
import { StaffMutations } from "./resolvers/staff-mutations.resolver";
import { SupportMutations } from "./resolvers/support-mutations.resolver";
import { UserResolver } from "./resolvers/user.resolver";

/** Builds the schema from the resolvers. Inputs are checked by class-validator, who may ask by the permissions. */
export function buildGraphQLSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      UserResolver,
      EntitlementResolver,
      EntitlementDetailsResolver,
      PolicyResolver,
      EntitlementHistoryResolver,
      SupportDetailHistoryResolver,
      PolicyHistoryResolver,
      RefundHistoryResolver,
      HistoryEntryResolver,
      FieldChangeResolver,
      EntitlementRefundsResolver,
      RefundResolver,
      LearnerMutations,
      RefundMutations,
      SupportMutations,
      ServiceMutations,
      StaffMutations,
    ],
    validate: { forbidUnknownValues: false },
  });
}

/** The schema as `schema.graphql` holds it. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildGraphQLSchema()))}\n`;
}
