import { registerEnumType } from "type-graphql";
import type { Role } from "../auth/actor";
import type { Scope } from "../reads/entitlements";
import type { OrderField } from "../reads/finding/entitlement-order";
import type { SupportAction } from "../entities/course-entitlement-support-detail";
import type { EntitlementState } from "../rules/entitlement-state";
import type { RedeemBlocker, RefundRequestBlocker, RegainBlocker } from "../rules/entitlement-rules";
import type { ExpiryCause } from "../rules/entitlement-rules";
import type { SessionBlocker } from "../rules/session-rules";
import { REFUSAL_CODES, type RefusalCode } from "../refusal";

/** Publishes a closed set of strings: its values stand for themselves, each with a description. */
export function publish<Value extends string>(
  name: string,
  description: string,
  values: Record<Value, string>,
): Record<Value, Value> {
  const members = Object.keys(values) as Value[];
  const published = Object.fromEntries(members.map((value) => [value, value])) as Record<Value, Value>;
  const valuesConfig = Object.fromEntries(members.map((value) => [value, { description: values[value] }]));
  registerEnumType(published, { name, description, valuesConfig: valuesConfig as never });
  return published;
}

export const EntitlementStateEnum = publish<EntitlementState>(
  "EntitlementState",
  "The lifecycle state of an entitlement. A pending refund does not change the state; the blocker fields show it.",
  {
    AVAILABLE: "The entitlement is not redeemed and has not expired: the learner can redeem it for a run.",
    PENDING_ENROLLMENT:
      "A run was chosen, and the LMS has not yet said whether it enrolls the learner; `pendingEnrollment` shows the run.",
    FULFILLED_CHANGEABLE:
      "The entitlement is redeemed, and the learner may still leave the run or switch to another run.",
    FULFILLED: "The entitlement is redeemed, and the learner can no longer leave the run.",
    EXPIRED: "The entitlement is not redeemed and has expired.",
    REFUNDED: "The order was refunded, and the entitlement has expired.",
    REVOKED: "A shop or an agent revoked the entitlement, and it has expired.",
  },
);

export const ExpiryCauseEnum = publish<ExpiryCause>("ExpiryCause", "The reason why an entitlement expired.", {
  LAPSED: "A period of the policy was over, or the learner had a certificate for the run.",
  REFUNDED: "The order was refunded.",
  REVOKED: "A shop or an agent revoked the entitlement.",
  SUPPORT: "A support agent made the entitlement expire.",
});

export const RedeemBlockerEnum = publish<RedeemBlocker>(
  "RedeemBlocker",
  "The reason why an entitlement cannot be redeemed for a run.",
  {
    REFUND_PENDING: "A refund of the order is pending.",
    PENDING_ENROLLMENT: "The LMS has not yet said whether it enrolls the learner in the run that was chosen.",
    EXPIRED: "The entitlement has expired.",
    ALREADY_REDEEMED: "The entitlement is already redeemed for a run.",
    EXPIRATION_PERIOD_OVER:
      "The expiration period of the policy is over; it counts whole days since the entitlement was created or renewed.",
  },
);

export const RegainBlockerEnum = publish<RegainBlocker>(
  "RegainBlocker",
  "The reason why a learner cannot leave the run and keep the entitlement.",
  {
    REFUND_PENDING: "A refund of the order is pending.",
    PENDING_ENROLLMENT: "The LMS has not yet said whether it enrolls the learner in the run that was chosen.",
    EXPIRED: "The entitlement has expired.",
    NOT_REDEEMED: "The entitlement is not redeemed for a run.",
    CERTIFICATE_EARNED: "A certificate of the learner for the run exists or is being generated.",
    REGAIN_PERIOD_OVER: "The regain period or the expiration period of the policy is over.",
  },
);

export const RefundBlockerEnum = publish<RefundRequestBlocker>(
  "RefundBlocker",
  "The reason why an order cannot be refunded.",
  {
    REFUND_PENDING: "A refund of the order is pending.",
    PENDING_ENROLLMENT: "The LMS has not yet said whether it enrolls the learner in the run that was chosen.",
    ALREADY_REFUNDED: "The order was refunded.",
    REFUND_LOCKED: "Refunds of the entitlement are locked.",
    EXPIRED: "The entitlement has expired.",
    NO_ORDER: "The entitlement has no order, for example because support granted it.",
    REFUND_PERIOD_OVER:
      "More whole days have passed since the entitlement was created than the refund period of the policy allows.",
    CERTIFICATE_EARNED: "A certificate of the learner for the run exists or is being generated.",
    REGAIN_PERIOD_OVER:
      "The learner can no longer leave the run, because the regain period or the expiration period is over.",
    REFUNDS_NOT_HANDLED: "This installation refunds no orders: no shop is set up for it.",
  },
);

export const SessionBlockerEnum = publish<SessionBlocker>(
  "SessionBlocker",
  "The reason why a learner cannot choose a run as the session of an entitlement.",
  {
    RUN_UNKNOWN: "The catalog does not contain the run.",
    NO_START_DATE: "The run has no start date.",
    MODE_NOT_OFFERED: "The run is not sold in the mode of the entitlement.",
    UPGRADE_DEADLINE_PASSED:
      "The upgrade deadline has passed, so the run is no longer sold in the mode of the entitlement.",
    ENROLLMENT_NOT_OPEN: "The enrollment period of the run has not begun.",
    ENROLLMENT_CLOSED: "The enrollment period of the run has ended.",
    COURSE_FULL: "The run has no free place.",
    ALREADY_ENROLLED:
      "The learner holds a place in the run that this entitlement has not paid for: in another than a free mode, or through another entitlement.",
    REFUND_PENDING: "A refund of the order is pending, so the session cannot be chosen or changed.",
    PENDING_ENROLLMENT: "The LMS has not yet said whether it enrolls the learner in the run that was chosen.",
    EXPIRED: "The entitlement has expired.",
    EXPIRATION_PERIOD_OVER: "The entitlement is too old to be redeemed.",
    CERTIFICATE_EARNED: "The learner has a certificate for the current run, so it cannot be changed.",
    REGAIN_PERIOD_OVER: "The period in which the current run can be changed is over.",
  },
);

export const EntitlementScopeEnum = publish<Scope>(
  "EntitlementScope",
  "The part of a learner's entitlements to list.",
  {
    ACTIVE: "Entitlements that are redeemed or have not expired: the ones that a learner's dashboard shows.",
    UNEXPIRED:
      "Entitlements that have not expired, redeemed or not: the state is AVAILABLE, PENDING_ENROLLMENT or FULFILLED_CHANGEABLE.",
    FULFILLABLE:
      "Entitlements that have not expired and are not redeemed: the state is AVAILABLE or, for a first run, PENDING_ENROLLMENT.",
    ALL: "All entitlements of the learner.",
  },
);

export const EntitlementOrderFieldEnum = publish<OrderField>(
  "EntitlementOrderField",
  "The value by which entitlements are sorted. All values except CREATED_AT and MODIFIED_AT require `filter.username`.",
  {
    CREATED_AT: "The instant at which the entitlement was created.",
    MODIFIED_AT: "The instant at which the entitlement was last changed.",
    EXPIRED_AT: "The stored instant of expiry; entitlements without one count as the latest.",
    COURSE_UUID: "The UUID of the course.",
    COURSE_RUN_KEY: "The key of the run; entitlements that are not redeemed count as the smallest.",
    MODE: "The name of the course mode.",
    ORDER_NUMBER: "The number of the order; entitlements without an order count as the smallest.",
    EXPIRES_AT: "The deadline `expiresAt`; entitlements with a stored expiry count as the latest.",
  },
);

export const OrderDirectionEnum = publish<"ASC" | "DESC">(
  "OrderDirection",
  "The direction in which a list is sorted.",
  {
    ASC: "Ascending order: the smallest or oldest item comes first.",
    DESC: "Descending order: the greatest or newest item comes first.",
  },
);

export const SupportActionEnum = publish<SupportAction | "OTHER">(
  "SupportAction",
  "An action that an agent or a shop took on an entitlement.",
  {
    CREATE: "The entitlement was granted to the learner.",
    REISSUE: "The entitlement was reissued; the learner left the run, if there was one.",
    EXPIRE: "The entitlement was made to expire; the learner left the run, if there was one.",
    LOCK_REFUND: "Refunds of the entitlement were locked.",
    UNLOCK_REFUND: "Refunds of the entitlement were unlocked.",
    REVOKE: "The entitlement was revoked, because the order had been refunded elsewhere.",
    REVOKE_UNPAID: "The entitlement was revoked, and the order was not refunded.",
    CHANGE_MODE: "The mode of the entitlement was changed.",
    REVERT: "The entitlement was reverted to an earlier state of its history.",
    RENEW: "The expiration period of the entitlement began again.",
    MOVE: "The learner was moved to another run.",
    TRANSFER: "The entitlement was transferred to another learner.",
    ASSIGN_POLICY: "The entitlement was given another policy.",
    RESOLVE_REFUND: "An agent decided the outcome of a refund that was in review.",
    RETRY_CALL: "An agent had the LMS asked again to change an enrollment of the entitlement.",
    OTHER: "Another action, which was imported from the LMS.",
  },
);

export const RoleEnum = publish<Role>("Role", "A role of an account, which decides what it may do.", {
  STAFF: "An account of staff, who may do everything.",
  SUPPORT: "A support agent, who acts for every learner.",
  SERVICE: "A service, such as a shop, which fulfills and revokes orders.",
  AUDITOR: "An auditor, who may read everything and change nothing.",
  LEARNER: "An account without another role, which uses its own entitlements.",
});

export const UserErrorCodeEnum = publish<RefusalCode>(
  "UserErrorCode",
  "The reason why a mutation was refused.",
  REFUSAL_CODES,
);
