import "reflect-metadata";
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { EntitlementDetailsResolver } from "./entitlement-details.resolver";
import { FieldChangeResolver } from "./field-change.resolver";
import { EntitlementResolver } from "./entitlement.resolver";
import {
  EntitlementHistoryResolver,
  HistoryEntryResolver,
  PolicyHistoryResolver,
  RefundHistoryResolver,
  SupportDetailHistoryResolver,
} from "./history.resolver";
import { LearnerMutations } from "./learner-mutations.resolver";
import { PolicyResolver } from "./policy.resolver";
import { RefundMutations } from "./refund-mutations.resolver";
import { EntitlementRefundsResolver, RefundResolver } from "./refund.resolver";
import { ServiceMutations } from "./service-mutations.resolver";
import { StaffMutations } from "./staff-mutations.resolver";
import { SupportMutations } from "./support-mutations.resolver";
import { UserResolver } from "./user.resolver";

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
