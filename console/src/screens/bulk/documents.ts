import { graphql } from "../../gql";

/** Entitlements by their ids or by the numbers of their orders. */
export const BulkFind = graphql(`
  query BulkFind($filter: EntitlementFilter!, $after: String) {
    entitlements(filter: $filter, first: 100, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...BulkFound
        }
      }
    }
  }

  fragment BulkFound on CourseEntitlement {
    id
    orderNumber
    state
    course {
      id
      title
    }
    user {
      id
      username
    }
  }
`);

/** Revoke what was refunded elsewhere. */
export const BulkRevoke = graphql(`
  mutation BulkRevoke($input: RevokeEntitlementsInput!) {
    done: revokeEntitlements(input: $input) {
      results: revocations {
        id
        outcome
        entitlement {
          id
          state
        }
        error {
          ...Refused
        }
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** What has become of an entitlement. */
export const BulkOutcome = graphql(`
  fragment BulkOutcome on BulkResult {
    id
    outcome
    entitlement {
      id
      state
    }
    error {
      ...Refused
    }
  }
`);

/** End entitlements. */
export const BulkExpire = graphql(`
  mutation BulkExpire($input: ExpireEntitlementsInput!) {
    done: expireEntitlements(input: $input) {
      results {
        ...BulkOutcome
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Let expiration periods begin again. */
export const BulkRenew = graphql(`
  mutation BulkRenew($input: RenewEntitlementsInput!) {
    done: renewEntitlements(input: $input) {
      results {
        ...BulkOutcome
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Have orders refunded. */
export const BulkRefund = graphql(`
  mutation BulkRefund($input: RefundEntitlementsInput!) {
    done: refundEntitlements(input: $input) {
      results {
        ...BulkOutcome
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Correct modes. */
export const BulkMode = graphql(`
  mutation BulkMode($input: ChangeEntitlementModesInput!) {
    done: changeEntitlementModes(input: $input) {
      results {
        ...BulkOutcome
      }
      userErrors {
        ...Refused
      }
    }
  }
`);
