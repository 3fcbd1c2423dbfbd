import type { HistoryFilter, HistorySource, HistoryType, TrackedType } from "../../gql/graphql";
import { t } from "../../words/words";
import { instantOf } from "./instants";

/** What can be searched by. */
export const NAMES = [
  "actor",
  "learner",
  "reason",
  "type",
  "change",
  "source",
  "from",
  "to",
  "entitlement",
  "entity",
  "request",
] as const;
/** A qualifier: what stands before the colon. */
export type Name = (typeof NAMES)[number];

/** The types of objects by the words of the search. */
const TYPES: Record<string, TrackedType> = {
  entitlement: "COURSE_ENTITLEMENT",
  refund: "REFUND",
  comments: "SUPPORT_DETAIL",
  enrollment: "COURSE_ENROLLMENT",
  certificate: "CERTIFICATE",
  session: "COURSE_RUN",
  policy: "COURSE_ENTITLEMENT_POLICY",
  agent: "SUPPORT_AGENT",
  erasure: "ERASURE",
  webhook: "WEBHOOK",
};
const CHANGES: Record<string, HistoryType> = { created: "CREATED", changed: "CHANGED", deleted: "DELETED" };
const SOURCES: Record<string, HistorySource> = {
  api: "API",
  job: "JOB",
  cli: "CLI",
  import: "IMPORT",
  database: "DATABASE",
};

/** The operations that the console has a name for; the server may know more. */
const OPERATIONS = [
  "enrollAndFulfill",
  "switchSession",
  "leaveSession",
  "moveSession",
  "recordEnrollments",
  "recordCertificate",
  "recordRuns",
  "recordUnenrollment",
  "grantEntitlement",
  "fulfillOrder",
  "expireEntitlement",
  "expireEntitlements",
  "expireDueEntitlements",
  "reissueEntitlement",
  "renewEntitlement",
  "revokeEntitlement",
  "revokeEntitlements",
  "revertEntitlement",
  "transferEntitlement",
  "changeEntitlementMode",
  "assignPolicy",
  "createEntitlementPolicy",
  "updateEntitlementPolicy",
  "deleteEntitlementPolicy",
  "setRefundLock",
  "unenrollAndRefund",
  "refundEntitlements",
  "resolveRefund",
  "sweepRefunds",
  "settleRefund",
  "importEntitlements",
];

/** How a qualifier is read: the field of the API's filter, and what the value becomes there. */
interface Qualifier {
  field: keyof HistoryFilter;
  /** Whether it may be given several times, of which one must match. */
  isList: boolean;
  /** The value for the API; undefined where the text is none. */
  read: (text: string) => string | undefined;
  /** The values that are offered; empty where any text is one. */
  values: readonly string[];
}

const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;
const textUpTo = (length: number) => (text: string) =>
  text.length > 0 && text.length <= length ? text : undefined;
const uuid = (text: string) => (UUID.test(text) ? text.toLowerCase() : undefined);
/** The API's value for a word of the search, or for the API's own name of it. */
const oneOf = (words: Record<string, string>) => (text: string) =>
  words[text.toLowerCase()] ?? Object.values(words).find((value) => value === text.toUpperCase());
const operation = (text: string) =>
  OPERATIONS.find((known) => known.toLowerCase() === text.toLowerCase()) ?? textUpTo(200)(text);

const one = (field: Qualifier["field"], read: Qualifier["read"], values: readonly string[] = []) => ({
  field,
  isList: false,
  read,
  values,
});
const some = (...given: Parameters<typeof one>) => ({ ...one(...given), isList: true });

/** Each qualifier by its name. */
export const QUALIFIERS: Record<Name, Qualifier> = {
  actor: one("changedBy", textUpTo(150), ["system"]),
  learner: some("usernames", textUpTo(150)),
  reason: some("reasons", operation, OPERATIONS),
  type: some("entityTypes", oneOf(TYPES), Object.keys(TYPES)),
  change: some("types", oneOf(CHANGES), Object.keys(CHANGES)),
  source: some("sources", oneOf(SOURCES), Object.keys(SOURCES)),
  from: one("changedFrom", (text) => instantOf(text)?.from),
  to: one("changedBefore", (text) => instantOf(text)?.until),
  entitlement: some("entitlementIds", uuid),
  entity: some("entityIds", uuid),
  request: one("requestId", textUpTo(100)),
};

/** A name as a qualifier; undefined where it is none. */
export const qualifierOf = (name: string): Name | undefined => NAMES.find((known) => known === name);

/** What a value of a qualifier means, for those who choose it; null where it says so itself. */
export function meaningOf(name: Name, value: string): string | null {
  if (name === "reason") return t(`operation.${value}` as "operation.revertEntitlement");
  if (name === "type") return t(`tracked.${TYPES[value]!}`);
  if (name === "change") return t(`changed.${CHANGES[value]!}`);
  if (name === "source") return t(`source.${SOURCES[value]!}`);
  return value === "system" ? t("qualifier.system") : null;
}
