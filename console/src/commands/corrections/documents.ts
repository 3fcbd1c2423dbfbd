import { graphql } from "../../gql";

/** Give the entitlement to another learner. */
export const Transfer = graphql(`
  mutation Transfer($input: TransferEntitlementInput!, $withDetail: Boolean! = false) {
    done: transferEntitlement(input: $input) {
      entitlement {
        id
      }
      warnings
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Correct the mode. */
export const ChangeMode = graphql(`
  mutation ChangeMode($input: ChangeEntitlementModeInput!, $withDetail: Boolean! = false) {
    done: changeEntitlementMode(input: $input) {
      entitlement {
        id
      }
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Give the entitlement another policy. */
export const AssignPolicy = graphql(`
  mutation AssignPolicy($input: AssignPolicyInput!, $withDetail: Boolean! = false) {
    done: assignPolicy(input: $input) {
      entitlement {
        id
      }
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Revoke what has been refunded elsewhere. */
export const Revoke = graphql(`
  mutation Revoke($input: RevokeEntitlementInput!, $withDetail: Boolean! = false) {
    done: revokeEntitlement(input: $input) {
      entitlement {
        id
      }
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** The modes that entitlements can be sold in. */
export const Modes = graphql(`
  query Modes {
    courseModes {
      id
      slug
      isSold
    }
  }
`);

/** The policies that an entitlement can be given. */
export const PolicyOptions = graphql(`
  query PolicyOptions {
    entitlementPolicies {
      id
      mode
      siteDomain
      expirationPeriod
      refundPeriod
      regainPeriod
      retiredAt
    }
  }
`);
