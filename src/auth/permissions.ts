import { mayActForAnyone, type Actor } from "./actor";

/** Whether somebody who is known may ask for a field at all; which rows they get is the queries' business. */
export type Rule = (actor: Actor) => boolean;

/** A rule for each field of each type; `*` stands for the fields of a type that are not named. */
export type Permissions = Readonly<Record<string, Readonly<Record<string, Rule>>>>;

const anyone: Rule = () => true;
const support: Rule = mayActForAnyone;
const supportOrService: Rule = (actor) => mayActForAnyone(actor) || actor.isService;
const nobody: Rule = () => false;
export const staff: Rule = (actor) => actor.isStaff || actor.isSuperuser;
const staffOrService: Rule = (actor) => staff(actor) || actor.isService;

/** Who may ask for what; what is not here is denied. The roots name each field, so that a new one starts closed. */
export const permissions: Permissions = {
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
  Mutation: {
    enrollAndFulfill: anyone,
    enrollIfEntitled: anyone,
    switchSession: anyone,
    leaveSession: anyone,
    unenrollAndRefund: anyone,
    resolveRefund: support,
    grantEntitlement: support,
    reissueEntitlement: support,
    expireEntitlement: support,
    setRefundLock: support,
    revertEntitlement: support,
    fulfillOrder: staffOrService,
    revokeEntitlement: supportOrService,
    revokeEntitlements: supportOrService,
    createEntitlementPolicy: staff,
    updateEntitlementPolicy: staff,
    deleteEntitlementPolicy: staff,
    changeEntitlementMode: staff,
  },
  UserError: { "*": anyone },
  EnrollAndFulfillPayload: { "*": anyone },
  EnrollIfEntitledPayload: { "*": anyone },
  SwitchSessionPayload: { "*": anyone },
  LeaveSessionPayload: { "*": anyone },
  UnenrollAndRefundPayload: { "*": anyone },
  ResolveRefundPayload: { "*": anyone },
  GrantEntitlementPayload: { "*": anyone },
  ReissueEntitlementPayload: { "*": anyone },
  ExpireEntitlementPayload: { "*": anyone },
  SetRefundLockPayload: { "*": anyone },
  RevertEntitlementPayload: { "*": anyone },
  FulfillOrderPayload: { "*": anyone },
  RevokeEntitlementPayload: { "*": anyone },
  RevokeEntitlementsPayload: { "*": anyone },
  Revocation: { "*": anyone },
  CreateEntitlementPolicyPayload: { "*": anyone },
  UpdateEntitlementPolicyPayload: { "*": anyone },
  DeleteEntitlementPolicyPayload: { "*": anyone },
  ChangeEntitlementModePayload: { "*": anyone },
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

/** The rule of a field; nobody's where the table has none. */
export function ruleOf(table: Permissions, type: string, field: string): Rule {
  const fields = Object.hasOwn(table, type) ? table[type]! : {};
  if (Object.hasOwn(fields, field)) return fields[field]!;
  return Object.hasOwn(fields, "*") ? fields["*"]! : nobody;
}
