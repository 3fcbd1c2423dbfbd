import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { findSupportAgents, type SupportAgentFacts } from "../../reads/accounts/support-agents";
import type { Key } from "../../store/rows/page";
import type { Context } from "../context";
import { historyOf } from "../history";
import { HistoryArgs } from "../history-inputs";
import { PageArgs, toConnection } from "../pages/connection";
import { Cursors } from "../pages/cursors";
import { HistoryEntryConnection } from "../types/history-entry";
import { SupportAgentConnection, SupportAgentView, toSupportAgentView } from "../types/support-agent";

const CURSORS = new Cursors("supportAgents.CREATED_AT.DESC", "instant");

@Resolver(() => SupportAgentView)
export class SupportAgentsResolver {
  @Query(() => SupportAgentConnection, {
    nullable: true,
    description:
      "Lists the accounts that are support agents by `grantSupport`, the newest first. For staff and auditors.",
  })
  async supportAgents(
    @Args() { first, after }: PageArgs,
    @Ctx() { app }: Context,
  ): Promise<InstanceType<typeof SupportAgentConnection>> {
    const page = await findSupportAgents(app.db, { first, after: CURSORS.read(after) });
    const keyOf = ({ createdAt, id }: SupportAgentFacts): Key => ({ value: createdAt.toISOString(), id });
    return toConnection(page, CURSORS, keyOf, toSupportAgentView);
  }

  @FieldResolver(() => HistoryEntryConnection, {
    description: "The history of the agent: every grant and withdrawal, the newest change first.",
  })
  history(
    @Root() { id }: SupportAgentView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "SUPPORT_AGENT", id, args);
  }
}
