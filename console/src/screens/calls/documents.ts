import { graphql } from "../../gql";

/** The calls by which the LMS is asked to change enrollments. */
export const CallsPage = graphql(`
  query CallsPage($states: [EnrollmentCallState!], $username: String, $after: String) {
    enrollmentCalls(filter: { states: $states, username: $username }, first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...CallRow
        }
      }
    }
  }

  fragment CallRow on EnrollmentCall {
    id
    state
    wish
    mode
    attempts
    createdAt
    retriedAt
    nextAttemptAt
    detail
    courseRun {
      id
      key
      title
    }
    user {
      id
      username
    }
    entitlement {
      id
    }
  }
`);

/** Have the LMS asked again. */
export const Retry = graphql(`
  mutation Retry($input: RetryEnrollmentCallInput!, $withDetail: Boolean! = false) {
    done: retryEnrollmentCall(input: $input) {
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
