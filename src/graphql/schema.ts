import "reflect-metadata";
import { lexicographicSortSchema, printSchema, type GraphQLField, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { afterMutation, type Context } from "./context";
import { ChangeEntitlementModeMutation } from "./mutations/entitlements/change-entitlement-mode";
import { ExpireEntitlementMutation } from "./mutations/entitlements/expire-entitlement";
import { FulfillOrderMutation } from "./mutations/entitlements/fulfill-order";
import { GrantEntitlementMutation } from "./mutations/entitlements/grant-entitlement";
import { ReissueEntitlementMutation } from "./mutations/entitlements/reissue-entitlement";
import { RenewEntitlementMutation } from "./mutations/entitlements/renew-entitlement";
import { RevertEntitlementMutation } from "./mutations/entitlements/revert-entitlement";
import { RevokeEntitlementMutation } from "./mutations/entitlements/revoke-entitlement";
import { ChangeEntitlementModesMutation } from "./mutations/bulk/change-entitlement-modes";
import { ExpireEntitlementsMutation } from "./mutations/bulk/expire-entitlements";
import { FulfillOrdersMutation } from "./mutations/bulk/fulfill-orders";
import { RefundEntitlementsMutation } from "./mutations/bulk/refund-entitlements";
import { RenewEntitlementsMutation } from "./mutations/bulk/renew-entitlements";
import { RevokeEntitlementsMutation } from "./mutations/bulk/revoke-entitlements";
import { SetRefundLockMutation } from "./mutations/entitlements/set-refund-lock";
import { TransferEntitlementMutation } from "./mutations/entitlements/transfer-entitlement";
import { AssignPolicyMutation } from "./mutations/policies/assign-policy";
import { CreateEntitlementPolicyMutation } from "./mutations/policies/create-entitlement-policy";
import { DeleteEntitlementPolicyMutation } from "./mutations/policies/delete-entitlement-policy";
import { UpdateEntitlementPolicyMutation } from "./mutations/policies/update-entitlement-policy";
import { ReplaceUsernamesMutation } from "./mutations/accounts/replace-usernames";
import { RetireUserMutation } from "./mutations/accounts/retire-user";
import { ResolveRefundMutation } from "./mutations/refunds/resolve-refund";
import { UnenrollAndRefundMutation } from "./mutations/refunds/unenroll-and-refund";
import { EnrollAndFulfillMutation } from "./mutations/sessions/enroll-and-fulfill";
import { EnrollIfEntitledMutation } from "./mutations/sessions/enroll-if-entitled";
import { RetryEnrollmentCallMutation } from "./mutations/enrollment-calls/retry-enrollment-call";
import { LeaveSessionMutation } from "./mutations/sessions/leave-session";
import { MoveSessionMutation } from "./mutations/sessions/move-session";
import { RecordUnenrollmentMutation } from "./mutations/sessions/record-unenrollment";
import { SwitchSessionMutation } from "./mutations/sessions/switch-session";
import { GrantSupportMutation } from "./mutations/agents/grant-support";
import { WithdrawSupportMutation } from "./mutations/agents/withdraw-support";
import { SessionMessageResolver, UserErrorMessageResolver } from "./types/blocker-messages.resolver";
import { CreateWebhookMutation } from "./mutations/webhooks/create-webhook";
import { UpdateWebhookMutation } from "./mutations/webhooks/update-webhook";
import { DeleteWebhookMutation } from "./mutations/webhooks/delete-webhook";
import { TestWebhookMutation } from "./mutations/webhooks/test-webhook";
import { ReplayWebhookMutation } from "./mutations/webhooks/replay-webhook";
import { WebhooksResolver } from "./queries/webhooks/webhooks.resolver";
import { EntitlementDetailsResolver } from "./types/entitlements/entitlement-details.resolver";
import {
  EntitlementOfDetailResolver,
  EntitlementOfEntryResolver,
} from "./types/entitlements/entitlement-of.resolver";
import { FieldChangeResolver } from "./types/field-change.resolver";
import { CatalogResolver } from "./queries/catalog.resolver";
import { NodesResolver } from "./queries/nodes.resolver";
import { SearchResolver } from "./queries/search.resolver";
import { DataExportResolver } from "./queries/data-export.resolver";
import { EntitlementResolver } from "./queries/entitlements.resolver";
import {
  EntitlementHistoryResolver,
  HistoryEntryResolver,
  PolicyHistoryResolver,
  RefundHistoryResolver,
  SupportDetailHistoryResolver,
} from "./queries/history.resolver";
import {
  EnrollmentCallTotalResolver,
  EntitlementTotalResolver,
  HistoryTotalResolver,
  PageInfoResolver,
  RefundTotalResolver,
  SupportDetailTotalResolver,
} from "./pages/around-pages.resolver";
import {
  EnrollmentCallResolver,
  EnrollmentOfCallResolver,
} from "./queries/enrollment-calls/enrollment-calls.resolver";
import { HistoryLogResolver, PlaceResolver } from "./queries/history-log/history-log.resolver";
import { ProofResolver, SealsResolver } from "./queries/history-log/proof.resolver";
import { OrderPreviewResolver } from "./queries/order-preview.resolver";
import { PolicyResolver } from "./queries/policies.resolver";
import { PolicyCountsResolver } from "./types/policies/policy-counts.resolver";
import { EntitlementRefundsResolver, RefundResolver } from "./queries/refunds.resolver";
import { SupportAgentsResolver } from "./queries/support-agents.resolver";
import { UserResolver } from "./queries/users.resolver";
import { refusePast } from "./types/past";

/** Builds the schema from the resolvers. Inputs are checked by class-validator, who may ask by the permissions. */
export function buildGraphQLSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      UserResolver,
      DataExportResolver,
      EntitlementResolver,
      SessionMessageResolver,
      UserErrorMessageResolver,
      EntitlementDetailsResolver,
      PageInfoResolver,
      EntitlementTotalResolver,
      EnrollmentCallTotalResolver,
      RefundTotalResolver,
      SupportDetailTotalResolver,
      HistoryTotalResolver,
      OrderPreviewResolver,
      PolicyResolver,
      PolicyCountsResolver,
      EntitlementHistoryResolver,
      SupportDetailHistoryResolver,
      PolicyHistoryResolver,
      RefundHistoryResolver,
      SupportAgentsResolver,
      WebhooksResolver,
      CatalogResolver,
      SearchResolver,
      NodesResolver,
      HistoryEntryResolver,
      HistoryLogResolver,
      PlaceResolver,
      ProofResolver,
      SealsResolver,
      ProofResolver,
      SealsResolver,
      FieldChangeResolver,
      EntitlementOfDetailResolver,
      EntitlementOfEntryResolver,
      EntitlementRefundsResolver,
      RefundResolver,
      EnrollmentCallResolver,
      EnrollmentOfCallResolver,
      ChangeEntitlementModeMutation,
      ExpireEntitlementMutation,
      FulfillOrderMutation,
      GrantEntitlementMutation,
      ReissueEntitlementMutation,
      RenewEntitlementMutation,
      RevertEntitlementMutation,
      RevokeEntitlementMutation,
      RevokeEntitlementsMutation,
      ChangeEntitlementModesMutation,
      ExpireEntitlementsMutation,
      FulfillOrdersMutation,
      RefundEntitlementsMutation,
      RenewEntitlementsMutation,
      SetRefundLockMutation,
      TransferEntitlementMutation,
      AssignPolicyMutation,
      CreateEntitlementPolicyMutation,
      DeleteEntitlementPolicyMutation,
      UpdateEntitlementPolicyMutation,
      ResolveRefundMutation,
      ReplaceUsernamesMutation,
      RetireUserMutation,
      UnenrollAndRefundMutation,
      EnrollAndFulfillMutation,
      EnrollIfEntitledMutation,
      GrantSupportMutation,
      CreateWebhookMutation,
      UpdateWebhookMutation,
      DeleteWebhookMutation,
      TestWebhookMutation,
      ReplayWebhookMutation,
      WithdrawSupportMutation,
      LeaveSessionMutation,
      SwitchSessionMutation,
      MoveSessionMutation,
      RecordUnenrollmentMutation,
      RetryEnrollmentCallMutation,
    ],
    validate: { forbidUnknownValues: false },
  });
  refusePast(schema);
  for (const field of Object.values(schema.getMutationType()!.getFields())) endProperly(field);
  return schema;
}

/** Has what follows a mutation done for this one, whatever its outcome. */
function endProperly(mutation: GraphQLField<unknown, Context>): void {
  const resolve = mutation.resolve!;
  mutation.resolve = async (...given) => {
    try {
      return await resolve(...given);
    } finally {
      afterMutation(given[2]);
    }
  };
}

/** The schema as `schema.graphql` holds it. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildGraphQLSchema()))}\n`;
}
