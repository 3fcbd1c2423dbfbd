import { isInterfaceType, isObjectType } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { whoMayAsk } from "../../src/auth/permissions";
import { permissionsOf } from "../../src/graphql/permissions";
import { actor, schema } from "../support/demo-app";

const permissions = permissionsOf(schema);

const ROLES: Record<string, Actor> = {
  learner: actor("ada"),
  support: actor("grace", { isSupport: true }),
  staff: actor("hopper", { isStaff: true }),
  service: actor("shop", { isService: true }),
  superuser: actor("hopper", { isSuperuser: true }),
  auditor: actor("empty_handed", { isAuditor: true }),
};
const EVERYONE = Object.keys(ROLES);
const STAFF = ["staff", "superuser"];
const SUPPORT = ["support", ...STAFF];
const SUPPORT_OR_AUDITOR = [...SUPPORT, "auditor"];
/** An auditor changes nothing. */
const BUT_AUDITORS = EVERYONE.filter((role) => role !== "auditor");

/** Every field that is not for everyone who is signed in. */
const RESTRICTED: Record<string, string[]> = {
  "Query.user": [...SUPPORT_OR_AUDITOR, "service"],
  "Query.userByEmail": SUPPORT_OR_AUDITOR,
  "Query.userById": [...SUPPORT_OR_AUDITOR, "service"],
  "Query.entitlements": [...SUPPORT_OR_AUDITOR, "service"],
  "Query.supportActions": SUPPORT_OR_AUDITOR,
  "Query.history": [...STAFF, "auditor"],
  "Query.historyLog": [...STAFF, "auditor"],
  "HistoryLog.*": [...STAFF, "auditor"],
  "LogEntryConnection.*": [...STAFF, "auditor"],
  "LogEntryEdge.*": [...STAFF, "auditor"],
  "Query.refunds": SUPPORT_OR_AUDITOR,
  "Query.enrollmentCalls": SUPPORT_OR_AUDITOR,
  "Query.orderPreview": [...SUPPORT_OR_AUDITOR, "service"],
  "OrderPreview.*": [...SUPPORT_OR_AUDITOR, "service"],
  "Query.supportAgents": [...STAFF, "auditor"],
  "SupportAgentConnection.*": [...STAFF, "auditor"],
  "SupportAgentEdge.*": [...STAFF, "auditor"],
  "Query.webhooks": [...STAFF, "auditor"],
  "Webhook.id": EVERYONE,
  "Webhook.*": [...STAFF, "auditor"],
  "DeadLetterConnection.*": [...STAFF, "auditor"],
  "DeadLetterEdge.*": [...STAFF, "auditor"],
  "DeadLetter.id": EVERYONE,
  "DeadLetter.*": [...STAFF, "auditor"],
  "Mutation.createWebhook": STAFF,
  "Mutation.updateWebhook": STAFF,
  "Mutation.deleteWebhook": STAFF,
  "Mutation.testWebhook": STAFF,
  "Mutation.replayWebhook": STAFF,
  "Query.search": SUPPORT_OR_AUDITOR,
  "Certificate.*": SUPPORT_OR_AUDITOR,
  "Erasure.*": [...STAFF, "auditor"],
  "SupportAgent.id": EVERYONE,
  "SupportDetail.id": EVERYONE,
  "SupportAgent.*": [...STAFF, "auditor"],
  "Mutation.grantSupport": STAFF,
  "Mutation.withdrawSupport": STAFF,
  "Mutation.resolveRefund": SUPPORT,
  "Refund.detail": SUPPORT_OR_AUDITOR,
  "RefundAttempt.answer": SUPPORT_OR_AUDITOR,
  "EnrollmentCallConnection.*": SUPPORT_OR_AUDITOR,
  "EnrollmentCallEdge.*": SUPPORT_OR_AUDITOR,
  "EnrollmentCall.id": EVERYONE,
  "EnrollmentCall.*": SUPPORT_OR_AUDITOR,
  "CourseEnrollment.call": SUPPORT_OR_AUDITOR,
  "Mutation.retryEnrollmentCall": SUPPORT,
  "RefundConnection.*": SUPPORT_OR_AUDITOR,
  "RefundEdge.*": SUPPORT_OR_AUDITOR,
  "CourseEntitlementPolicy.history": SUPPORT_OR_AUDITOR,
  "CourseEntitlementPolicy.entitlementCount": SUPPORT_OR_AUDITOR,
  "Mutation.grantEntitlement": SUPPORT,
  "Mutation.reissueEntitlement": SUPPORT,
  "Mutation.renewEntitlement": SUPPORT,
  "Mutation.expireEntitlement": SUPPORT,
  "Mutation.setRefundLock": SUPPORT,
  "Mutation.revertEntitlement": SUPPORT,
  "Mutation.enrollAndFulfill": BUT_AUDITORS,
  "Mutation.enrollIfEntitled": BUT_AUDITORS,
  "Mutation.switchSession": BUT_AUDITORS,
  "Mutation.leaveSession": BUT_AUDITORS,
  "Mutation.unenrollAndRefund": BUT_AUDITORS,
  "Mutation.fulfillOrder": [...STAFF, "service"],
  "Mutation.replaceUsernames": [...STAFF, "service"],
  "Mutation.retireUser": [...STAFF, "service"],
  "Mutation.revokeEntitlement": [...SUPPORT, "service"],
  "Mutation.revokeEntitlements": [...SUPPORT, "service"],
  "Mutation.moveSession": SUPPORT,
  "Mutation.recordUnenrollment": [...STAFF, "service"],
  "Mutation.transferEntitlement": STAFF,
  "Mutation.expireEntitlements": SUPPORT,
  "Mutation.renewEntitlements": SUPPORT,
  "Mutation.changeEntitlementModes": STAFF,
  "Mutation.refundEntitlements": STAFF,
  "Mutation.fulfillOrders": [...STAFF, "service"],
  "Mutation.assignPolicy": STAFF,
  "Mutation.createEntitlementPolicy": STAFF,
  "Mutation.updateEntitlementPolicy": STAFF,
  "Mutation.deleteEntitlementPolicy": STAFF,
  "Mutation.changeEntitlementMode": STAFF,
  "CourseEntitlement.isEnrollmentModeDifferent": SUPPORT_OR_AUDITOR,
  "CourseEntitlement.supportDetails": SUPPORT_OR_AUDITOR,
  "SupportDetailConnection.*": SUPPORT_OR_AUDITOR,
  "SupportDetailEdge.*": SUPPORT_OR_AUDITOR,
  "SupportDetail.*": SUPPORT_OR_AUDITOR,
  "SupportActionOption.*": SUPPORT_OR_AUDITOR,
};

const fields = Object.values(schema.getTypeMap())
  .filter((type) => !type.name.startsWith("__"))
  .filter((type) => isObjectType(type) || isInterfaceType(type))
  .flatMap((type) => Object.keys(type.getFields()).map((field) => [type.name, field] as const));

test.each(fields)("%s.%s can be read by exactly the actors of this table", (type, field) => {
  const who = whoMayAsk(permissions, type, field);
  const allowed = EVERYONE.filter((role) => who.allows(ROLES[role]!));
  const expected = RESTRICTED[`${type}.${field}`] ?? RESTRICTED[`${type}.*`] ?? EVERYONE;
  expect(allowed.sort()).toEqual([...expected].sort());
});

test("a field or type without a rule is closed to everyone, whatever its name", () => {
  for (const [type, field] of [
    ["Query", "somethingNew"],
    ["SomethingNew", "id"],
    ["Query", "constructor"],
    ["constructor", "name"],
    ["", "id"],
  ] as const)
    expect(Object.values(ROLES).filter((actor) => whoMayAsk(permissions, type, field).allows(actor))).toEqual(
      [],
    );
});

test("the root types name each field, so that a new one starts closed", () => {
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    if (root)
      expect(Object.keys(permissions[root.name]!).sort()).toEqual(Object.keys(root.getFields()).sort());
});

test("every rule belongs to a type and field that exist", () => {
  const known = new Set([
    ...fields.map(([type, field]) => `${type}.${field}`),
    ...fields.map(([type]) => `${type}.*`),
  ]);
  const ruled = Object.entries(permissions).flatMap(([type, rules]) =>
    Object.keys(rules).map((field) => `${type}.${field}`),
  );
  expect(ruled.filter((coordinate) => !known.has(coordinate))).toEqual([]);
});
