import { anyone, nobody, staff, support, supportOrService, type Who } from "./who";

/** Who may ask for each field of each type; `*` stands for the fields of a type that are not named. */
export type Permissions = Readonly<Record<string, Readonly<Record<string, Who>>>>;

/**
 * Who may read what; what is not here is denied. The root names each field, so that a new one starts closed. Mutations and
 * their payloads are not here: each command declares who may give it.
 */
export const readPermissions: Permissions = {
  Query: {
    viewer: anyone,
    entitlement: anyone,
    entitlementPolicies: anyone,
    user: supportOrService,
    userByEmail: support,
    userById: support,
    entitlements: supportOrService,
    supportActions: support,
    history: staff,
    refunds: support,
  },
  UserError: { "*": anyone },
  Revocation: { "*": anyone },
  Node: { "*": anyone },
  PageInfo: { "*": anyone },
  User: { "*": anyone },
  CourseEntitlementConnection: { "*": anyone },
  CourseEntitlementEdge: { "*": anyone },
  CourseEntitlement: { "*": anyone, supportDetails: support },
  CourseEntitlementPolicy: { "*": anyone, history: support },
  CourseEnrollment: { "*": anyone },
  CourseRun: { "*": anyone },
  Session: { "*": anyone },
  RunSummary: { "*": anyone },
  Course: { "*": anyone },
  SupportDetailConnection: { "*": support },
  SupportDetailEdge: { "*": support },
  SupportDetail: { "*": support },
  SupportActionOption: { "*": support },
  RefundConnection: { "*": support },
  RefundEdge: { "*": support },
  Refund: { "*": anyone, detail: support },
  HistoryEntryConnection: { "*": anyone },
  HistoryEntryEdge: { "*": anyone },
  HistoryEntry: { "*": anyone },
  FieldChange: { "*": anyone },
};

/** Who may ask for a field; nobody where the table has no rule. */
export function whoMayAsk(table: Permissions, type: string, field: string): Who {
  const fields = Object.hasOwn(table, type) ? table[type]! : {};
  if (Object.hasOwn(fields, field)) return fields[field]!;
  return Object.hasOwn(fields, "*") ? fields["*"]! : nobody;
}
