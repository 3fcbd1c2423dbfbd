import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { UserFacts } from "../../reads/accounts/users";
import { factsAsOf } from "../../reads/as-of";
import { countEntries, entriesById, findEntries } from "../../reads/history-entries";
import { countWork, maySee, type Context } from "../context";
import { criteriaOf, historyOf, maySeeWho, toEntryView, toHistory } from "../history";
import { requireSettled } from "./history-log/settled";
import { stateOf } from "./history-log/state-of-entry";
import { AsOfArgs, HistoryArgs } from "../history-inputs";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";
import { CourseEntitlementPolicyView } from "../types/policies/course-entitlement-policy";
import { HistoryEntryConnection, HistoryEntryView, HistoryState } from "../types/history-entry";
import { RefundView } from "../types/refunds/refund";
import { SupportDetailView } from "../types/entitlements/support-detail";
import { atInstant, pastOf } from "../types/past";
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
    return historyOf(context, "COURSE_ENTITLEMENT", entitlement, args, entitlement.facts);
  }

  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description:
      "The entitlement as it was at an instant, with its policy, its enrollment, its refunds and the decisions of that instant; null before its creation and after its deletion. What has no past is refused with FIELD_HAS_NO_PAST, and so is what depends on an enrollment that was recorded only later.",
  })
  async asOf(
    @Root() { id }: CourseEntitlementView,
    @Args() { at }: AsOfArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    countWork(context, "look");
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
    @Root() detail: SupportDetailView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "SUPPORT_DETAIL", detail, args);
  }
}

@Resolver(() => RefundView)
export class RefundHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, { description: DESCRIPTION })
  history(
    @Root() refund: RefundView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "REFUND", refund, args);
  }
}

@Resolver(() => CourseEntitlementPolicyView)
export class PolicyHistoryResolver {
  @FieldResolver(() => HistoryEntryConnection, {
    nullable: true,
    description: `${DESCRIPTION} Null for the default policy. For support, staff and auditors.`,
  })
  async history(
    @Root() policy: CourseEntitlementPolicyView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection | null> {
    return policy.isDefault ? null : historyOf(context, "COURSE_ENTITLEMENT_POLICY", policy, args);
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
      asOf: null,
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
  state(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<typeof HistoryState | null> {
    countWork(context, "look");
    return stateOf(context, view);
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
  from: HistoryEntryView,
): Promise<HistoryEntryView | null> {
  if (id === null) return null;
  countWork(context, "look");
  const entry = await context.loaders.named("entries", (ids) => entriesById(context.app.db, ids)).load(id);
  return entry && atInstant(toEntryView(context, entry, from.learnerId), pastOf(from));
}
