import { graphql } from "../../gql";

/** A learner and what they are entitled to, the next deadline first. */
export const LearnerPage = graphql(`
  query LearnerPage($username: String!, $states: [EntitlementState!], $asOf: DateTime, $after: String) {
    user(username: $username) {
      id
      username
    }
    entitlements(
      filter: { username: $username, states: $states }
      orderBy: { field: EXPIRES_AT, direction: ASC }
      asOf: $asOf
      first: 50
      after: $after
    ) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...Summary
        }
      }
    }
  }
`);

/** Give the learner an entitlement. */
export const Grant = graphql(`
  mutation Grant($input: GrantEntitlementInput!, $withDetail: Boolean! = false) {
    done: grantEntitlement(input: $input) {
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

/** The courses that can be granted, by the beginnings of words. */
export const Courses = graphql(`
  query Courses($text: String!) {
    courses(search: $text, first: 20) {
      edges {
        node {
          id
          key
          title
        }
      }
    }
  }
`);

/** What the learner has of a course already. */
export const BeforeGranting = graphql(`
  query BeforeGranting($username: String!, $courseUuid: ID!, $mode: String!) {
    orderPreview(username: $username, courseUuids: [$courseUuid], mode: $mode) {
      id
      warnings
    }
  }
`);
