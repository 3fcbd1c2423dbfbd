import { graphql } from "../../gql";

/** The reader's own entitlements. */
export const Mine = graphql(`
  query Mine($scope: EntitlementScope!, $after: String) {
    viewer {
      id
      entitlements(scope: $scope, first: 20, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            ...Summary
            refunds {
              id
              state
              nextAttemptAt
            }
            runSummary {
              id
              org
              number
            }
          }
        }
      }
    }
  }
`);

/** The sessions of one of the reader's entitlements. */
export const MySessions = graphql(`
  query MySessions($id: ID!) {
    entitlement(id: $id) {
      id
      sessions {
        id
        isCurrent
        isAvailable
        blockerMessage
        courseRun {
          id
          key
          startsAt
          enrollmentEndsAt
        }
      }
    }
  }
`);

/** Redeem the reader's own entitlement for a run. */
export const Choose = graphql(`
  mutation Choose($input: EnrollAndFulfillInput!, $withDetail: Boolean! = false) {
    done: enrollAndFulfill(input: $input) {
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

/** Change the run of the reader's own entitlement. */
export const Change = graphql(`
  mutation Change($input: SwitchSessionInput!, $withDetail: Boolean! = false) {
    done: switchSession(input: $input) {
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

/** Leave the run of the reader's own entitlement. */
export const Leave = graphql(`
  mutation Leave($input: LeaveSessionInput!, $withDetail: Boolean! = false) {
    done: leaveSession(input: $input) {
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
