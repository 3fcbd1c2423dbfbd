import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { UserFacts } from "../../reads/accounts/users";
import { factsAsOf } from "../../reads/as-of";
import {
  policiesOfEntries,
  refundsOfEntries,
  supportAgentsOfEntries,
  supportDetailsOfEntries,
  webhooksOfEntries,
} from "../../reads/finding/states-of-entries";
import { countEntries, entriesById, findEntries } from "../../reads/history-entries";
import { maySee, type Context } from "../context";
import { criteriaOf, historyOf, maySeeWho, toEntryView, toHistory } from "../history";
import { requireSettled, settledFactsOf } from "./history-log/settled";
import { AsOfArgs, HistoryArgs } from "../history-inputs";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/policies/course-entitlement-policy";
import { HistoryEntryConnection, HistoryEntryView, HistoryState } from "../types/history-entry";
import { RefundView, toRefundView } from "../types/refunds/refund";
import { SupportDetailView, toSupportDetailView } from "../types/entitlements/support-detail";
import { toSupportAgentView } from "../types/support-agent";
import { toWebhookView } from "../types/webhooks/webhook";
import { users, UserView } from "../types/user";

const DESCRIPTION = "The history of the object, the newest change first.";

@Resolver(() => CourseEntitlementView)
export class EntitlementHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, {
    description:
      "The history of the entitlement, its support details and its refunds, the newest change first. Learners do not see support details.",
  })
  history(
    @Root() entitlement: CourseEntitlementView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "COURSE_ENTITLEMENT", entitlement.id, args, entitlement);
  }

  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description:
      "The entitlement as it was at an instant, with its policy, its refunds and the decisions of that instant; null before its creation and after its deletion. Enrollments, runs and certificates have no history and are read as they are now.",
  })
  async asOf(
    @Root() { id }: CourseEntitlementView,
    @Args() { at }: AsOfArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    await requireSettled(context, at, "at");
    const loader = context.loaders.named(`asOf:${at.getTime()}`, (ids) => factsAsOf(context.app.db, ids, at));
    const facts = await loader.load(id);
    return facts && maySee(context, facts) ? toEntitlement(context, facts, at) : null;
  }
}

@Resolver(() => SupportDetailView)
export class SupportDetailHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, { description: DESCRIPTION })
  history(
    @Root() { id }: SupportDetailView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "SUPPORT_DETAIL", id, args);
  }
}

@Resolver(() => RefundView)
export class RefundHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, { description: DESCRIPTION })
  history(
    @Root() { id }: RefundView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "REFUND", id, args);
  }
}

@Resolver(() => CourseEntitlementPolicyView)
export class PolicyHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, {
    nullable: true,
    description: `${DESCRIPTION} Null for the default policy. For support, staff and auditors.`,
  })
  async history(
    @Root() { id, isDefault }: CourseEntitlementPolicyView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection | null> {
    return isDefault ? null : historyOf(context, "COURSE_ENTITLEMENT_POLICY", id, args);
  }
}

@Resolver(() => HistoryEntryView)
export class HistoryEntryResolver {
  @Query(() => HistoryEntryConnection, {
    nullable: true,
    description: "Lists the changes of all tracked objects, the newest change first. For staff and auditors.",
  })
  history(@Args() args: HistoryArgs, @Ctx() context: Context): Promise<HistoryEntryConnection> {
    const { db } = context.app;
    const criteria = criteriaOf(context, args, null);
    return toHistory(context, args, null, null, {
      read: (page) => findEntries(db, criteria, page),
      count: () => countEntries(db, criteria),
    });
  }

  @FieldResolver(() => UserView, {
    nullable: true,
    description:
      "The account that made the change; null for the system, for direct SQL, for a deleted account, and when a learner may not see the author.",
  })
  async changedBy(@Root() { entry }: HistoryEntryView, @Ctx() context: Context): Promise<UserFacts | null> {
    return entry.userId === null || !maySeeWho(context, entry) ? null : users(context).load(entry.userId);
  }

  @FieldResolver(() => HistoryState, {
    nullable: true,
    description: "The object as it was after this change; after a deletion, the object as it was last.",
  })
  async state(
    @Root() { entry }: HistoryEntryView,
    @Ctx() context: Context,
  ): Promise<typeof HistoryState | null> {
    const { app, loaders } = context;
    const load = <T>(of: (db: Context["app"]["db"], ids: readonly string[]) => Promise<T[]>): Promise<T> =>
      loaders.named(`state:${entry.entityType}`, (ids) => of(app.db, ids)).load(entry.id);
    switch (entry.entityType) {
      case "COURSE_ENTITLEMENT": {
        const found = await load((_, ids) => settledFactsOf(app, ids));
        if (!found || !maySee(context, found.facts)) return null;
        return toEntitlement(context, found.facts, found.instant);
      }
      case "SUPPORT_DETAIL": {
        const facts = await load(supportDetailsOfEntries);
        return facts && toSupportDetailView(facts);
      }
      case "REFUND": {
        const refund = await load(refundsOfEntries);
        return refund && toRefundView(refund);
      }
      case "COURSE_ENTITLEMENT_POLICY": {
        const policy = await load(policiesOfEntries);
        return policy && toPolicyView(policy, app.config.defaultPeriods);
      }
      case "WEBHOOK": {
        const webhook = await load(webhooksOfEntries);
        return webhook && toWebhookView(webhook);
      }
      case "SUPPORT_AGENT": {
        const agent = await load(supportAgentsOfEntries);
        return agent && toSupportAgentView(agent);
      }
    }
  }

  @FieldResolver(() => HistoryEntryView, {
    nullable: true,
    description: "The preceding change of the same object; null for its creation.",
  })
  previous(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<HistoryEntryView | null> {
    return entryOf(context, view.entry.previousId, view);
  }

  @FieldResolver(() => HistoryEntryView, {
    nullable: true,
    description: "The entry to which `revertEntitlement` went back; null for any other operation.",
  })
  revertedTo(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<HistoryEntryView | null> {
    const id = /^revertEntitlement (\d+)$/.exec(view.entry.reason)?.[1] ?? null;
    return entryOf(context, id, view);
  }

  @FieldResolver(() => HistoryEntryView, {
    nullable: true,
    description: "The following change of the same object; null for its newest change.",
  })
  next(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<HistoryEntryView | null> {
    return entryOf(context, view.entry.nextId, view);
  }
}

async function entryOf(
  context: Context,
  id: string | null,
  { learnerId }: HistoryEntryView,
): Promise<HistoryEntryView | null> {
  if (id === null) return null;
  const entry = await context.loaders.named("entries", (ids) => entriesById(context.app.db, ids)).load(id);
  return entry && toEntryView(context, entry, learnerId);
}
