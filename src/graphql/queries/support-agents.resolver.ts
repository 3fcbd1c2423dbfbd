import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { findSupportAgents } from "../../reads/accounts/support-agents";
import type { PageRequest } from "../../store/rows/page";
import type { Context } from "../context";
import { historyOf } from "../history";
import { HistoryArgs } from "../history-inputs";
import { connectionOf, createdKey, PageArgs } from "../pages/connection";
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
  supportAgents(
    @Args() args: PageArgs,
    @Ctx() { app }: Context,
  ): Promise<InstanceType<typeof SupportAgentConnection>> {
    const read = (page: PageRequest) => findSupportAgents(app.db, page);
    return connectionOf({ cursors: CURSORS, keyOf: createdKey, toNode: toSupportAgentView, read }, args);
  }

  @FieldResolver(() => HistoryEntryConnection, {
    description: "The history of the agent: every grant and withdrawal, the newest change first.",
  })
  history(
    @Root() agent: SupportAgentView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "SUPPORT_AGENT", agent, args);
  }
}
