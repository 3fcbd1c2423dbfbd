import { graphql } from "../../gql";

/** All policies with how many entitlements have each, and the default periods. */
export const PoliciesPage = graphql(`
  query PoliciesPage {
    entitlementPolicies {
      ...PolicyRow
      entitlementCount
      history(first: 1) {
        edges {
          node {
            id
          }
        }
      }
    }
    node(id: "default") {
      __typename
      id
      ...PolicyRow
    }
    byDefault: entitlements(filter: { policyId: "default" }, first: 1) {
      totalCount
    }
    sites {
      id
      domain
      name
    }
  }

  fragment PolicyRow on CourseEntitlementPolicy {
    id
    isDefault
    mode
    siteDomain
    expirationPeriod
    refundPeriod
    regainPeriod
    retiredAt
  }
`);

/** What has happened to a policy. */
export const PolicyHistory = graphql(`
  query PolicyHistory($id: ID!, $after: String, $withDetail: Boolean! = false) {
    node(id: $id) {
      __typename
      id
      ... on CourseEntitlementPolicy {
        history(first: 20, after: $after) {
          ...EntryPage
        }
      }
    }
  }
`);

/** Make a policy. */
export const CreatePolicy = graphql(`
  mutation CreatePolicy($input: CreateEntitlementPolicyInput!, $withDetail: Boolean! = false) {
    done: createEntitlementPolicy(input: $input) {
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);

/** Change the periods of a policy, or retire it. */
export const UpdatePolicy = graphql(`
  mutation UpdatePolicy($input: UpdateEntitlementPolicyInput!, $withDetail: Boolean! = false) {
    done: updateEntitlementPolicy(input: $input) {
      effect {
        id
        before {
          ...Reach
        }
        after {
          ...Reach
        }
      }
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }

  fragment Reach on PolicyReach {
    id
    count
    usable
    changeable
    refundable
  }
`);

/** Delete a policy that nothing has. */
export const DeletePolicy = graphql(`
  mutation DeletePolicy($input: DeleteEntitlementPolicyInput!, $withDetail: Boolean! = false) {
    done: deleteEntitlementPolicy(input: $input) {
      preview {
        ...Entry
      }
      userErrors {
        ...Refused
      }
    }
  }
`);
