import { graphql } from "../../gql";

/** How an entitlement stands: what can be done with it, and the facts behind that. */
export const Standing = graphql(`
  fragment Standing on CourseEntitlement {
    ...Summary
    isRefundLocked
    expiredAt
    expiryCause
    redeemedAt
    renewedAt
    policy {
      id
      isDefault
      siteDomain
      mode
      expirationPeriod
      refundPeriod
      regainPeriod
    }
  }
`);

/** A change of an entitlement, of its refunds or of what agents wrote about it. */
export const Entry = graphql(`
  fragment Entry on HistoryEntry {
    id
    entityType
    type
    operation
    source
    changedAt
    changedByLabel
    changedByRole
    requestId
    transactionId
    revertedTo {
      id
      changedAt
    }
    changes {
      id
      field
      from
      to
      fromReference {
        ...Referred
      }
      toReference {
        ...Referred
      }
    }
    state {
      __typename
      ... on SupportDetail @include(if: $withDetail) {
        id
        action
        comments
      }
      ... on Refund {
        id
        refundState: state
        attempts
      }
      ... on CourseEntitlement {
        id
        entitlementState: state
      }
    }
  }

  fragment Referred on ChangedReference {
    __typename
    ... on CourseEnrollment {
      id
      courseRun {
        id
        key
        startsAt
      }
    }
    ... on CourseEntitlementPolicy {
      id
      siteDomain
      policyMode: mode
    }
    ... on User {
      id
      username
    }
    ... on Course {
      id
      title
    }
    ... on CourseRun {
      id
      title
    }
  }
`);

/** An entitlement with its refunds, its sessions and the newest of its history. */
export const EntitlementPage = graphql(`
  query EntitlementPage($id: ID!, $withDetail: Boolean!) {
    entitlement(id: $id) {
      ...Standing
      refunds {
        id
        state
        attempts
        createdAt
        nextAttemptAt
        orderNumber
        shopReferences
        detail @include(if: $withDetail)
      }
      sessions {
        id
        isCurrent
        isAvailable
        blocker
        blockerMessage
        courseRun {
          id
          key
          title
          startsAt
        }
      }
      history(first: 50) {
        totalCount
        ...EntryPage
      }
    }
  }
`);

/** A further page of the history of an entitlement. */
export const Older = graphql(`
  query Older($id: ID!, $after: String!, $withDetail: Boolean!) {
    entitlement(id: $id) {
      id
      history(first: 50, after: $after) {
        ...EntryPage
      }
    }
  }
`);

/** How an entitlement stood at an instant. */
export const Then = graphql(`
  query Then($id: ID!, $at: DateTime!) {
    entitlement(id: $id) {
      id
      asOf(at: $at) {
        ...Standing
      }
    }
  }
`);

/** How an entitlement stood at two instants, of which the later one may be now. */
export const Compare = graphql(`
  query Compare($id: ID!, $from: DateTime!, $to: DateTime!, $isToNow: Boolean!) {
    entitlement(id: $id) {
      id
      before: asOf(at: $from) {
        ...Standing
      }
      after: asOf(at: $to) @skip(if: $isToNow) {
        ...Standing
      }
    }
  }
`);

/** A page of changes, and where it goes on. */
export const EntryPage = graphql(`
  fragment EntryPage on HistoryEntryConnection {
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...Entry
      }
    }
  }
`);
