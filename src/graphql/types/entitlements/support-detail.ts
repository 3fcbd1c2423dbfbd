import { Field, ID, ObjectType } from "type-graphql";
import { SUPPORT_ACTIONS, type SupportAction } from "../../../entities/course-entitlement-support-detail";
import type { SupportDetailFacts } from "../../../reads/support-details";
import { SupportActionEnum } from "../../enums";
import { connectionType } from "../../pages/connection";
import { atInstant } from "../past";
import { DateTimeScalar } from "../../scalars";
import { CourseRunView, toCourseRun } from "../course";
import { Node } from "../node";
import { UserView } from "../user";

@ObjectType("SupportDetail", {
  implements: Node,
  description: "An action of an agent or a shop on an entitlement, with comments.",
  simpleResolvers: true,
})
export class SupportDetailView implements Node {
  @Field(() => ID, { description: "The UUID of the support detail." })
  id!: string;

  @Field(() => SupportActionEnum, { description: "The action that was taken." })
  action!: SupportAction | "OTHER";

  @Field(() => String, {
    nullable: true,
    description: "The comments of the agent about the action; null when there are none.",
  })
  comments!: string | null;

  @Field(() => UserView, {
    nullable: true,
    description: "The account of the agent; null when the account does not exist or has been deleted.",
  })
  supportUser!: UserView | null;

  @Field(() => CourseRunView, {
    nullable: true,
    description: "The run that the learner left because of the action; null when there was none.",
  })
  unenrolledRun!: CourseRunView | null;

  @Field(() => DateTimeScalar, { description: "The instant of the action." })
  createdAt!: Date;

  /** Which entitlement. */
  entitlementId!: string;
}

const Base = connectionType("SupportDetail", SupportDetailView);

@ObjectType("SupportDetailConnection", { description: "A page of support details.", simpleResolvers: true })
export class SupportDetailConnection extends Base {
  /** Counts what the list would hold without pages. */
  count!: () => Promise<number>;
}

/** A support detail with its agent and run, as they are now or were at an instant. */
export function toSupportDetailView(facts: SupportDetailFacts, asOf: Date | null = null): SupportDetailView {
  const {
    id,
    entitlementId,
    action,
    comments,
    supportUserId,
    username,
    unenrolledRunKey,
    unenrolledRun,
    createdAt,
  } = facts;
  const run = unenrolledRunKey === null ? null : toCourseRun(unenrolledRunKey, unenrolledRun);
  const view = Object.assign(new SupportDetailView(), {
    id,
    entitlementId,
    action: isKnown(action) ? action : "OTHER",
    comments,
    supportUser: supportUserId === null || username === null ? null : { id: supportUserId, username },
    unenrolledRun: run && atInstant(run, asOf),
    createdAt,
  });
  return atInstant(view, asOf);
}

function isKnown(action: string): action is SupportAction {
  return Object.hasOwn(SUPPORT_ACTIONS, action);
}

@ObjectType("SupportActionOption", {
  description: "An action of support with its label, for a form.",
  simpleResolvers: true,
})
export class SupportActionOptionView {
  @Field(() => ID, { description: "The code of the action again, as its id." })
  id!: string;

  @Field(() => SupportActionEnum, { description: "The code of the action." })
  code!: SupportAction;

  @Field({ description: "The label of the action, to show in a form." })
  label!: string;
}
