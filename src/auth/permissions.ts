import type { Actor } from "./actor";
import { denialOf } from "./denial";
import { anyone, nobody, staffOrAuditor, supportAuditorOrService, supportOrAuditor, type Who } from "./who";

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
    user: supportAuditorOrService,
    userByEmail: supportOrAuditor,
    userById: supportAuditorOrService,
    entitlements: supportAuditorOrService,
    supportActions: supportOrAuditor,
    history: staffOrAuditor,
    historyLog: staffOrAuditor,
    refunds: supportOrAuditor,
    enrollmentCalls: supportOrAuditor,
    orderPreview: supportAuditorOrService,
    supportAgents: staffOrAuditor,
    webhooks: staffOrAuditor,
    search: supportOrAuditor,
    node: anyone,
    nodes: anyone,
    course: anyone,
    courses: anyone,
    courseModes: anyone,
    sites: anyone,
  },
  OrderPreview: { "*": supportAuditorOrService },
  UserError: { "*": anyone },
  Revocation: { "*": anyone },
  BulkResult: { "*": anyone },
  Fulfillment: { "*": anyone },
  Node: { "*": anyone },
  PageInfo: { "*": anyone },
  User: { "*": anyone },
  CourseEntitlementConnection: { "*": anyone },
  CourseEntitlementEdge: { "*": anyone },
  CourseEntitlement: {
    "*": anyone,
    supportDetails: supportOrAuditor,
    isEnrollmentModeDifferent: supportOrAuditor,
  },
  CourseEntitlementPolicy: { "*": anyone, history: supportOrAuditor, entitlementCount: supportOrAuditor },
  PolicyEffect: { "*": anyone },
  PolicyReach: { "*": anyone },
  CourseEnrollment: { "*": anyone, call: supportOrAuditor },
  CourseRun: { "*": anyone },
  Erasure: { "*": staffOrAuditor }, // likewise
  Certificate: { "*": supportOrAuditor }, // in the history of all
  Session: { "*": anyone },
  RunSummary: { "*": anyone },
  Freshness: { "*": anyone },
  Course: { "*": anyone },
  CourseConnection: { "*": anyone },
  CourseEdge: { "*": anyone },
  CourseMode: { "*": anyone },
  Site: { "*": anyone },
  SupportDetailConnection: { "*": supportOrAuditor },
  SupportDetailEdge: { "*": supportOrAuditor },
  SupportDetail: { "*": supportOrAuditor, id: anyone },
  SupportActionOption: { "*": supportOrAuditor },
  Webhook: { "*": staffOrAuditor, id: anyone }, // a field of Node
  DeadLetterConnection: { "*": staffOrAuditor },
  DeadLetterEdge: { "*": staffOrAuditor },
  DeadLetter: { "*": staffOrAuditor, id: anyone }, // the same
  SupportAgentConnection: { "*": staffOrAuditor },
  SupportAgentEdge: { "*": staffOrAuditor },
  SupportAgent: { "*": staffOrAuditor, id: anyone }, // a field of Node, which `node` returns to those who may see it
  EnrollmentCallConnection: { "*": supportOrAuditor },
  EnrollmentCallEdge: { "*": supportOrAuditor },
  EnrollmentCall: { "*": supportOrAuditor, id: anyone }, // a field of Node
  RefundConnection: { "*": supportOrAuditor },
  RefundEdge: { "*": supportOrAuditor },
  Refund: { "*": anyone, detail: supportOrAuditor },
  RefundAttempt: { "*": anyone, answer: supportOrAuditor },
  HistoryEntryConnection: { "*": anyone },
  HistoryEntryEdge: { "*": anyone },
  HistoryLog: { "*": staffOrAuditor },
  Checkpoint: { "*": anyone },
  HistoryProof: { "*": anyone },
  Opening: { "*": anyone },
  LogEntryConnection: { "*": staffOrAuditor },
  LogEntryEdge: { "*": staffOrAuditor },
  HistoryEntry: { "*": anyone },
  FieldChange: { "*": anyone },
};

/** Who may ask for a field; nobody where the table has no rule. */
export function whoMayAsk(table: Permissions, type: string, field: string): Who {
  const fields = Object.hasOwn(table, type) ? table[type]! : {};
  if (Object.hasOwn(fields, field)) return fields[field]!;
  return Object.hasOwn(fields, "*") ? fields["*"]! : nobody;
}

/**
 * What the actor may ask for, as `Type.field`, the names of denials: the root fields, and of the other fields those that
 * are not for everybody who may ask for the type.
 */
export function permissionsFor(table: Permissions, actor: Actor): string[] {
  const named = Object.entries(table).flatMap(([type, fields]) =>
    Object.entries(fields).map(([field, who]) => ({ type, field, who })),
  );
  return named
    .filter(({ field, who }) => field !== "*" && denialOf(actor, who, field) === null)
    .map(({ type, field }) => `${type}.${field}`)
    .toSorted();
}
