import "reflect-metadata";
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { EntitlementDetailsResolver } from "./types/entitlement-details.resolver";
import { FieldChangeResolver } from "./types/field-change.resolver";
import { EntitlementResolver } from "./queries/entitlements.resolver";
import {
  EntitlementHistoryResolver,
  HistoryEntryResolver,
  PolicyHistoryResolver,
  RefundHistoryResolver,
  SupportDetailHistoryResolver,
} from "./queries/history.resolver";
import { LearnerMutations } from "./mutations/learner-mutations.resolver";
import { PolicyResolver } from "./queries/policies.resolver";
import { RefundMutations } from "./mutations/refund-mutations.resolver";
import { EntitlementRefundsResolver, RefundResolver } from "./queries/refunds.resolver";
import { ServiceMutations } from "./mutations/service-mutations.resolver";
import { StaffMutations } from "./mutations/staff-mutations.resolver";
import { SupportMutations } from "./mutations/support-mutations.resolver";
import { UserResolver } from "./queries/users.resolver";

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
