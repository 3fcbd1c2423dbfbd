import { graphql } from "../../gql";

/** What the list shows of a refund. */
export const RefundRow = graphql(`
  fragment RefundRow on Refund {
    id
    state
    attempts
    createdAt
    modifiedAt
    nextAttemptAt
    orderNumber
    shopReferences
    detail
    entitlement {
      id
      course {
        id
        title
      }
      user {
        id
        username
      }
    }
  }

  fragment RefundPage on RefundConnection {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...RefundRow
      }
    }
  }
`);

/** Refunds in some states, and before them those that wait for an agent or for the shop. */
export const RefundsPage = graphql(`
  query RefundsPage(
    $states: [RefundState!]
    $username: String
    $orderNumber: String
    $after: String
    $withOpen: Boolean!
  ) {
    review: refunds(
      filter: { states: [NEEDS_REVIEW], username: $username, orderNumber: $orderNumber }
      first: 20
    ) @include(if: $withOpen) {
      ...RefundPage
    }
    underWay: refunds(
      filter: { states: [REQUESTED, IN_DOUBT], username: $username, orderNumber: $orderNumber }
      first: 20
    ) @include(if: $withOpen) {
      ...RefundPage
    }
    list: refunds(
      filter: { states: $states, username: $username, orderNumber: $orderNumber }
      first: 50
      after: $after
    ) {
      ...RefundPage
    }
  }
`);

/** How often the shop was asked for a refund, and what it answered. */
export const RefundAttempts = graphql(`
  query RefundAttempts($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Refund {
        attemptLog {
          id
          number
          startedAt
          endedAt
          state
          answer
        }
      }
    }
  }
`);
