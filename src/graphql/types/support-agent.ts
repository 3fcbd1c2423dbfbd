import { Field, ID, ObjectType } from "type-graphql";
import type { SupportAgentFacts } from "../../reads/accounts/support-agents";
import { connectionType } from "../pages/connection";
import { DateTimeScalar } from "../scalars";
import { Node } from "./node";
import { UserView } from "./user";

@ObjectType("SupportAgent", {
  implements: Node,
  description:
    "An account that staff have made a support agent with `grantSupport`. Accounts whose tokens have the support role are not listed.",
  simpleResolvers: true,
})
export class SupportAgentView implements Node {
  @Field(() => ID, { description: "The UUID of the support agent." })
  id!: string;

  @Field(() => UserView, {
    nullable: true,
    description: "The account of the agent; null in a past state of an account that has been deleted since.",
  })
  user!: UserView | null;

  @Field({ description: "The comments of the staff member about the last grant or withdrawal." })
  comments!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant since which the account is no longer a support agent; null while it is one.",
  })
  withdrawnAt!: Date | null;

  @Field(() => DateTimeScalar, { description: "The instant at which the account first became an agent." })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: "The instant of the last grant or withdrawal of the account." })
  modifiedAt!: Date;
}

/** A page of support agents. */
export const SupportAgentConnection = connectionType("SupportAgent", SupportAgentView);

/** A support agent as clients see it. */
export function toSupportAgentView(facts: SupportAgentFacts): SupportAgentView {
  const { id, userId, username, comments, withdrawnAt, createdAt, modifiedAt } = facts;
  const user = username === null ? null : { id: userId, username };
  return Object.assign(new SupportAgentView(), { id, user, comments, withdrawnAt, createdAt, modifiedAt });
}
