import { registerEnumType } from "type-graphql";
import { SCOPES, type Scope } from "../reads/entitlements";
import { ORDERS, type OrderField } from "../reads/entitlement-search";
import { SUPPORT_ACTIONS, type SupportAction } from "../entities/course-entitlement-support-detail";
import type {
  EntitlementState,
  RedeemBlocker,
  RefundBlocker,
  RegainBlocker,
} from "../rules/entitlement-rules";
import type { SessionBlocker } from "../rules/run-rules";
import { REFUSAL_CODES, type RefusalCode } from "../refusal";
import { REVOCATION_OUTCOMES, type RevocationOutcome } from "../use-cases/entitlements/revoke-entitlements";

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
  "The condition an entitlement is in, in a person's words. While a refund is under way it stays what it was; the blockers tell.",
  {
    AVAILABLE: "Can be spent on a run now.",
    FULFILLED_CHANGEABLE: "Spent on a run that the learner may still leave or exchange.",
    FULFILLED: "Spent on a run for good; the learner keeps the enrollment.",
    EXPIRED: "Unused, and its time is over.",
    REFUNDED: "The order was paid back.",
    REVOKED: "Taken back by the shop or by staff.",
  },
);

export const RedeemBlockerEnum = publish<RedeemBlocker>(
  "RedeemBlocker",
  "Why an entitlement cannot be spent on a run.",
  {
    REFUND_PENDING: "A refund is under way.",
    EXPIRED: "It has expired.",
    ALREADY_REDEEMED: "It has been spent on a run already.",
    EXPIRATION_PERIOD_OVER: "As many whole days have passed as its policy allows.",
  },
);

export const RegainBlockerEnum = publish<RegainBlocker>(
  "RegainBlocker",
  "Why a learner cannot leave the run and have the entitlement back.",
  {
    REFUND_PENDING: "A refund is under way.",
    EXPIRED: "It has expired.",
    NOT_REDEEMED: "It has not been spent on a run.",
    CERTIFICATE_EARNED: "The learner has a certificate for the run.",
    REGAIN_PERIOD_OVER: "More whole days have passed than its policy allows.",
  },
);

export const RefundBlockerEnum = publish<RefundBlocker>(
  "RefundBlocker",
  "Why an order cannot be paid back.",
  {
    REFUND_PENDING: "A refund is under way.",
    ALREADY_REFUNDED: "The order was paid back before the entitlement was given anew.",
    REFUND_LOCKED: "Support has locked refunds for it.",
    EXPIRED: "It has expired.",
    NO_ORDER: "It was granted without an order.",
    REFUND_PERIOD_OVER: "More whole days have passed since its creation than its policy allows.",
    CERTIFICATE_EARNED: "The learner has a certificate for the run.",
    REGAIN_PERIOD_OVER: "The learner can no longer leave the run it was spent on.",
  },
);

export const SessionBlockerEnum = publish<SessionBlocker>(
  "SessionBlocker",
  "Why a learner cannot choose a run for an entitlement.",
  {
    RUN_UNKNOWN: "The catalog does not know the run.",
    NO_START_DATE: "The run has no start date.",
    MODE_NOT_OFFERED: "The run is not sold in the entitlement's mode.",
    UPGRADE_DEADLINE_PASSED: "The run is no longer sold in the entitlement's mode.",
    ENROLLMENT_NOT_OPEN: "Enrollment has not begun.",
    ENROLLMENT_CLOSED: "Enrollment has ended.",
    COURSE_FULL: "All places are taken.",
    ALREADY_ENROLLED: "The learner is enrolled in this mode by other means.",
  },
);

export const EntitlementScopeEnum = publish<Scope>(
  "EntitlementScope",
  "Which of a learner's entitlements to list.",
  {
    ACTIVE: "Not expired, or spent on a run: what a dashboard shows.",
    UNEXPIRED: "Not expired, spent or not.",
    FULFILLABLE: "Neither expired nor spent.",
    ALL: "All of them.",
  } satisfies Record<keyof typeof SCOPES, string>,
);

export const EntitlementOrderFieldEnum = publish<OrderField>(
  "EntitlementOrderField",
  "What entitlements are sorted by. All but the two instants need `filter.username`.",
  {
    CREATED_AT: "When it was created.",
    MODIFIED_AT: "When it was last changed.",
    EXPIRED_AT: "When it expired, as stored; unexpired ones count as latest.",
    COURSE_UUID: "The course.",
    COURSE_RUN_KEY: "The run it was spent on; unspent ones count as first.",
    MODE: "The course mode.",
    ORDER_NUMBER: "The order; those without count as first.",
  } satisfies Record<keyof typeof ORDERS, string>,
);

export const OrderDirectionEnum = publish<"ASC" | "DESC">(
  "OrderDirection",
  "Which end of a list comes first.",
  {
    ASC: "Smallest or oldest first.",
    DESC: "Greatest or newest first.",
  },
);

export const SupportActionEnum = publish<SupportAction>("SupportAction", "What was done to an entitlement.", {
  CREATE: "Created the entitlement.",
  REISSUE: "Took the learner out of the run and gave the entitlement back.",
  EXPIRE: "Expired the entitlement.",
  LOCK_REFUND: "Locked refunds.",
  UNLOCK_REFUND: "Unlocked refunds.",
  REVOKE: "Took the entitlement back, as the money was returned elsewhere.",
  CHANGE_MODE: "Gave the entitlement another mode.",
  REVERT: "Put the entitlement back to an earlier state.",
  RESOLVE_REFUND: "Decided a refund that the shop could not tell about.",
} satisfies Record<keyof typeof SUPPORT_ACTIONS, string>);

export const UserErrorCodeEnum = publish<RefusalCode>(
  "UserErrorCode",
  "Why a mutation was refused.",
  REFUSAL_CODES,
);

export const RevocationOutcomeEnum = publish<RevocationOutcome>(
  "RevocationOutcome",
  "What became of one entitlement of many.",
  REVOCATION_OUTCOMES,
);
