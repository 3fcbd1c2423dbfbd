import { graphql } from "../../gql";

/** Changes of anything that match a search, the newest first; the first page says how many there are. */
export const HistorySearch = graphql(`
  query HistorySearch($filter: HistoryFilter, $after: String, $isFirst: Boolean!, $withDetail: Boolean!) {
    history(filter: $filter, first: 50, after: $after) {
      totalCount @include(if: $isFirst)
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...Entry
          entityId
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
      }
    }
  }
`);
