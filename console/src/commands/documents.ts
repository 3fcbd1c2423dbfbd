import { graphql } from "../gql";

/** Why a command was refused, and where. */
export const Refused = graphql(`
  fragment Refused on UserError {
    code
    message
    field
    blocker
  }
`);

/** Reissue what is redeemed or has expired. */
export const Reissue = graphql(`
  mutation Reissue($input: ReissueEntitlementInput!, $withDetail: Boolean! = false) {
    done: reissueEntitlement(input: $input) {
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

/** Let the expiration period begin again. */
export const Renew = graphql(`
  mutation Renew($input: RenewEntitlementInput!, $withDetail: Boolean! = false) {
    done: renewEntitlement(input: $input) {
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

/** End the entitlement. */
export const Expire = graphql(`
  mutation Expire($input: ExpireEntitlementInput!, $withDetail: Boolean! = false) {
    done: expireEntitlement(input: $input) {
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

/** Rule refunds out, or allow them again. */
export const LockRefunds = graphql(`
  mutation LockRefunds($input: SetRefundLockInput!, $withDetail: Boolean! = false) {
    done: setRefundLock(input: $input) {
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

/** Have the order refunded, for the learner. */
export const Refund = graphql(`
  mutation Refund($input: UnenrollAndRefundInput!, $withDetail: Boolean! = false) {
    done: unenrollAndRefund(input: $input) {
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

/** Decide a refund that the server cannot find out. */
export const Resolve = graphql(`
  mutation Resolve($input: ResolveRefundInput!, $withDetail: Boolean! = false) {
    done: resolveRefund(input: $input) {
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

/** Go back to an earlier state. */
export const Revert = graphql(`
  mutation Revert($input: RevertEntitlementInput!, $withDetail: Boolean! = false) {
    done: revertEntitlement(input: $input) {
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

/** Put the learner into another run. */
export const Move = graphql(`
  mutation Move($input: MoveSessionInput!, $withDetail: Boolean! = false) {
    done: moveSession(input: $input) {
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
