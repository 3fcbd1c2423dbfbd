import { graphql } from "../../gql";

/** What the one box of the search finds. */
export const Find = graphql(`
  query Find($text: String!) {
    search(text: $text, first: 16) {
      __typename
      ... on User {
        id
        username
      }
      ... on CourseEntitlement {
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
      ... on Course {
        id
        key
        title
      }
      ... on CourseRun {
        id
        title
      }
    }
  }
`);
