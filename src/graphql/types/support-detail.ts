import { Field, ID, ObjectType } from "type-graphql";
import type { SupportAction } from "../../entities/course-entitlement-support-detail";
import type { SupportDetailFacts } from "../../reads/support-details";
import { SupportActionEnum } from "../enums";
import { connectionType } from "../connection";
import { DateTimeScalar } from "../scalars";
import { CourseRunView, toCourseRun } from "./course";
import { Node } from "./node";
import { UserView } from "./user";

@ObjectType("SupportDetail", {
  implements: Node,
  description: "What support did to an entitlement, and why.",
  simpleResolvers: true,
})
export class SupportDetailView implements Node {
  @Field(() => ID, { description: "Its UUID." })
  id!: string;

  @Field(() => SupportActionEnum, { description: "What was done." })
  action!: SupportAction;

  @Field(() => String, { nullable: true, description: "Why, in the agent's words." })
  comments!: string | null;

  @Field(() => UserView, { nullable: true, description: "The agent; null once their account is gone." })
  supportUser!: UserView | null;

  @Field(() => CourseRunView, { nullable: true, description: "The run the learner was taken out of." })
  unenrolledRun!: CourseRunView | null;

  @Field(() => DateTimeScalar, { description: "When it was done." })
  createdAt!: Date;
}

export const SupportDetailConnection = connectionType("SupportDetail", SupportDetailView);

/** A support detail with its agent and run. */
export function toSupportDetailView(facts: SupportDetailFacts): SupportDetailView {
  const { id, action, comments, supportUser, unenrolledRunKey, unenrolledRun, createdAt } = facts;
  return Object.assign(new SupportDetailView(), {
    id,
    action,
    comments,
    supportUser,
    unenrolledRun: unenrolledRunKey === null ? null : toCourseRun(unenrolledRunKey, unenrolledRun),
    createdAt,
  });
}

@ObjectType("SupportActionOption", { description: "A choice of a support form.", simpleResolvers: true })
export class SupportActionOptionView {
  @Field(() => ID, { description: "The code again, to identify the choice." })
  id!: string;

  @Field(() => SupportActionEnum, { description: "What a form sends." })
  code!: SupportAction;

  @Field({ description: "What a form shows." })
  label!: string;
}
