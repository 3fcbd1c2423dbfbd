import { graphql } from "../gql";

/** What a list shows of an entitlement: what can be done with it, why not, and until when. */
export const Summary = graphql(`
  fragment Summary on CourseEntitlement {
    id
    state
    mode
    orderNumber
    createdAt
    expiresAt
    redeemableUntil
    redeemBlocker
    redeemBlockerMessage
    regainableUntil
    regainBlocker
    regainBlockerMessage
    refundableUntil
    refundBlocker
    refundBlockerMessage
    course {
      id
      key
      title
    }
    user {
      id
      username
    }
    enrollment {
      id
      isActive
      courseRun {
        id
        key
        title
        startsAt
      }
    }
  }
`);
