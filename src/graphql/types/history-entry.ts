import { GraphQLScalarType } from "graphql";
import { createUnionType, Field, ID, ObjectType } from "type-graphql";
import type { Entry } from "../../reads/history-entries";
import type { HistorySource } from "../../history/historical";
import type { TrackedType } from "../../history/tracked-types";
import { connectionType } from "../connection";
import { HistorySourceEnum, HistoryTypeEnum, TrackedTypeEnum, type HistoryTypeName } from "../history-enums";
import { DateTimeScalar } from "../scalars";
import { CourseEnrollmentView } from "./course-enrollment";
import { CourseEntitlementPolicyView } from "./course-entitlement-policy";
import { CourseEntitlementView } from "./course-entitlement";
import { Node } from "./node";
import { RefundView } from "./refund";
import { SupportDetailView } from "./support-detail";
import { UserView } from "./user";

/** A stored value of whatever type its field has. */
export const HistoryValueScalar = new GraphQLScalarType<unknown, unknown>({
  name: "HistoryValue",
  description:
    "A stored value as its field has it: a string, a number, a boolean, a list, a `DateTime`, a `Duration`, or the id of what is referred to.",
});

// What is in a union tells its type by its class, at once: compiled execution cannot wait for a promise of it.
export const ChangedReference = createUnionType({
  name: "ChangedReference",
  description: "What a changed field refers to, where it still exists.",
  types: () => [UserView, CourseEnrollmentView, CourseEntitlementPolicyView] as const,
});

@ObjectType("FieldChange", { description: "One field before and after a change.", simpleResolvers: true })
export class FieldChangeView {
  /** What the resolver looks references up by. */
  kind!: string;

  @Field(() => ID, { description: "The history entry and the field." })
  id!: string;

  @Field({ description: "The field, by its name in this schema where it has one, else as it is stored." })
  field!: string;

  @Field(() => HistoryValueScalar, { nullable: true, description: "Before." })
  from!: unknown;

  @Field(() => HistoryValueScalar, { nullable: true, description: "After." })
  to!: unknown;
}

@ObjectType("HistoryEntry", {
  implements: Node,
  description: "One change of one object.",
  simpleResolvers: true,
})
export class HistoryEntryView implements Node {
  /** What it is made of. */
  entry!: Entry;

  /** Whose entitlement it was reached from; null where it was not from one. */
  learnerId!: string | null;

  @Field(() => ID, { description: "Its id; later changes of the same object have greater ones." })
  id!: string;

  @Field(() => TrackedTypeEnum, { description: "What kind of object was changed." })
  entityType!: TrackedType;

  @Field(() => ID, { description: "The object that was changed." })
  entityId!: string;

  @Field(() => HistoryTypeEnum, { description: "What happened to it." })
  type!: HistoryTypeName;

  @Field(() => DateTimeScalar, { description: "When, by the database's clock." })
  changedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      "The username at the time, `system`, or `database:` and a role; hidden from learners unless their own.",
  })
  changedByLabel!: string | null;

  @Field(() => HistorySourceEnum, { description: "By which door." })
  source!: HistorySource;

  @Field({ description: "The operation, by its name." })
  reason!: string;

  @Field(() => String, {
    nullable: true,
    description: "The request, as in logs and errors; groups its changes.",
  })
  requestId!: string | null;

  @Field({ description: "Groups what was committed together." })
  transactionId!: string;

  @Field(() => [FieldChangeView], {
    description:
      "What differs from before; all that has a value when it was created, nothing when it was deleted.",
  })
  changes!: FieldChangeView[];
}

export const HistoryState = createUnionType({
  name: "HistoryState",
  description: "An object as a change left it.",
  types: () => [CourseEntitlementView, SupportDetailView, CourseEntitlementPolicyView, RefundView] as const,
});

const Base = connectionType("HistoryEntry", HistoryEntryView);

@ObjectType("HistoryEntryConnection", {
  description: "A page of a history, newest first.",
  simpleResolvers: true,
})
export class HistoryEntryConnection extends Base {}
