/** A list that can be taken out whole. */
interface List {
  /** The type of its objects in the schema. */
  type: string;
  /** The type of its filter. */
  filter: string;
  /** The fields that are taken out. */
  fields: string;
}

/** The lists that can be taken out whole, by their names in the schema. */
export const LISTS = {
  history: {
    type: "HistoryEntry",
    filter: "HistoryFilter",
    fields: `id position changedAt settledAt transactionId entityType entityId type reason changedByLabel changedByRole source requestId
      changes { field from to }`,
  },
  entitlements: {
    type: "CourseEntitlement",
    filter: "EntitlementFilter",
    fields: `id user { id username } courseUuid mode state orderNumber createdAt modifiedAt renewedAt expiredAt expiresAt
      isRefundLocked redeemBlocker regainBlocker refundBlocker policy { id }
      enrollment { id courseRun { key } mode isActive enrolledAt }`,
  },
  refunds: {
    type: "Refund",
    filter: "RefundFilter",
    fields: `id orderNumber state attempts detail shopReferences createdAt modifiedAt nextAttemptAt
      entitlement { id courseUuid mode user { id username } }`,
  },
} as const satisfies Record<string, List>;
/** The name of a list that can be taken out. */
export type ListName = keyof typeof LISTS;

/** Whether there is a list of this name to take out. */
export function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
}

/** The document that reads a page of a list. */
export function documentOf(list: ListName): string {
  const { filter, fields } = LISTS[list];
  return `query ($filter: ${filter}, $after: String) {
    ${list}(filter: $filter, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { ${fields} } }
    }
  }`;
}
