import { GraphQLScalarType } from "graphql";
import { createUnionType, Field, ID, ObjectType } from "type-graphql";
import type { Entry } from "../../reads/finding/entry-rows";
import type { HistorySource } from "../../history/history-columns";
import type { TrackedType } from "../../history/tracked-types";
import type { FieldKind } from "../../store/rows/fields";
import { connectionType } from "../pages/connection";
import { HistorySourceEnum, HistoryTypeEnum, TrackedTypeEnum, type HistoryTypeName } from "../history-enums";
import type { Role } from "../../auth/actor";
import { RoleEnum } from "../enums";
import { DateTimeScalar } from "../scalars";
import { CourseView } from "./catalog";
import { CourseRunView } from "./course";
import { CertificateView, CourseEnrollmentView } from "./course-enrollment";
import { CourseEntitlementPolicyView } from "./policies/course-entitlement-policy";
import { CourseEntitlementView } from "./entitlements/course-entitlement";
import { ErasureView } from "./accounts/erasure";
import { Node } from "./node";
import { RefundView } from "./refunds/refund";
import { SupportDetailView } from "./entitlements/support-detail";
import { SupportAgentView } from "./support-agent";
import { UserView } from "./user";
import { WebhookView } from "./webhooks/webhook";

/** A stored value of whatever type its field has. */
const HistoryValueScalar = new GraphQLScalarType<unknown, unknown>({
  name: "HistoryValue",
  description:
    "A stored value in the form of its field: a string, a number, a boolean, a list, a `DateTime`, a `Duration`, or the id of another object.",
});

// What is in a union tells its type by its class, at once: compiled execution cannot wait for a promise of it.
export const ChangedReference = createUnionType({
  name: "ChangedReference",
  description: "An object to which a changed field refers.",
  types: () =>
    [
      UserView,
      CourseEnrollmentView,
      CourseEntitlementPolicyView,
      CourseEntitlementView,
      CourseView,
      CourseRunView,
    ] as const,
});

@ObjectType("FieldChange", {
  description: "The value of a field before and after a change.",
  simpleResolvers: true,
})
export class FieldChangeView {
  /** What the resolver looks references up by. */
  kind!: FieldKind;

  @Field(() => ID, { description: "The id of the history entry and the name of the field." })
  id!: string;

  @Field({
    description:
      "The name of the field in this schema; the stored name for a field that is not in this schema.",
  })
  field!: string;

  @Field(() => HistoryValueScalar, {
    nullable: true,
    description: "The value before the change; null when there was none.",
  })
  from!: unknown;

  @Field(() => HistoryValueScalar, {
    nullable: true,
    description: "The value after the change; null when there is none.",
  })
  to!: unknown;
}

@ObjectType("HistoryEntry", {
  implements: Node,
  description: "A history entry: one change of one object.",
  simpleResolvers: true,
})
export class HistoryEntryView implements Node {
  /** What it is made of. */
  entry!: Entry;

  /** Whose entitlement it was reached from; null where it was not from one. */
  learnerId!: string | null;

  @Field(() => ID, {
    description:
      "The id of the history entry, a whole number; later changes of the same object have greater ids.",
  })
  id!: string;

  @Field(() => TrackedTypeEnum, { description: "The type of the changed object." })
  entityType!: TrackedType;

  @Field(() => ID, { description: "The id of the changed object." })
  entityId!: string;

  @Field(() => HistoryTypeEnum, { description: "The kind of the change." })
  type!: HistoryTypeName;

  @Field(() => DateTimeScalar, { description: "The instant of the change, by the clock of the database." })
  changedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      "The username of the author at the time, `system`, or `database:` followed by a database role; null for learners when the author is another account or direct SQL.",
  })
  changedByLabel!: string | null;

  @Field(() => RoleEnum, {
    nullable: true,
    description:
      "The role in which the author acted, the most powerful one of the account at the time; null for the system, for direct SQL, for changes that are older than this field, and for learners when the author is another account.",
  })
  changedByRole!: Role | null;

  @Field(() => HistorySourceEnum, {
    description:
      "The way in which the change entered the system: API, job, command line, import or direct SQL.",
  })
  source!: HistorySource;

  @Field({
    description:
      "The name of the operation that made the change, such as the name of the mutation; that of `revertEntitlement` is followed by the id of the entry. `operation` and `revertedTo` tell both apart.",
  })
  reason!: string;

  @Field({
    description: "The name of the operation that made the change alone, such as the name of the mutation.",
  })
  operation!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The id that the server gave to the request that made the change, the same as in logs and errors; null when there was no request, and when a learner may not see the author.",
  })
  requestId!: string | null;

  @Field({
    description: "The id of the database transaction, the same for all changes that were committed together.",
  })
  transactionId!: string;

  @Field(() => [FieldChangeView], {
    description: "The changed fields: for a creation all fields that have a value, for a deletion none.",
  })
  changes!: FieldChangeView[];
}

export const HistoryState = createUnionType({
  name: "HistoryState",
  description: "The state of an object after a change.",
  types: () =>
    [
      CourseEntitlementView,
      SupportDetailView,
      CourseEntitlementPolicyView,
      RefundView,
      CourseEnrollmentView,
      CertificateView,
      CourseRunView,
      ErasureView,
      SupportAgentView,
      WebhookView,
    ] as const,
});

const Base = connectionType("HistoryEntry", HistoryEntryView);

@ObjectType("HistoryEntryConnection", {
  description: "A page of a history, the newest change first.",
  simpleResolvers: true,
})
export class HistoryEntryConnection extends Base {
  /** Counts what the list would hold without pages, up to a bound. */
  count!: () => Promise<number | null>;
}
