import { graphql } from "../../gql";

/** Who is entitled to a course, the newest entitlement first. */
export const CoursePage = graphql(`
  query CoursePage($key: String!, $states: [EntitlementState!], $asOf: DateTime, $after: String) {
    entitlements(filter: { courseKey: $key, states: $states }, asOf: $asOf, first: 50, after: $after) {
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
