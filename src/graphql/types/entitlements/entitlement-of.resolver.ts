import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { entitlementsById } from "../../../reads/entitlement-facts";
import { entitlementIdOf } from "../../../reads/history-entries";
import { byKey } from "../../../store/by-key";
import { maySee, type Context } from "../../context";
import { HistoryEntryView } from "../history-entry";
import { CourseEntitlementView, toEntitlement } from "./course-entitlement";
import { SupportDetailView } from "./support-detail";

/** An entitlement to which something belongs, in its present state; null when it is gone or the actor may not see it. */
export async function entitlementOf(context: Context, id: string): Promise<CourseEntitlementView | null> {
  const loader = context.loaders.named("entitlements", async (ids) =>
    byKey(ids, await entitlementsById(context.app.db, ids), (facts) => facts.id),
  );
  const facts = await loader.load(id);
  return facts && maySee(context, facts) ? toEntitlement(context, facts) : null;
}

@Resolver(() => SupportDetailView)
export class EntitlementOfDetailResolver {
  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement of the action, in its present state; null when it has been deleted.",
  })
  entitlement(
    @Root() { entitlementId }: SupportDetailView,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    return entitlementOf(context, entitlementId);
  }
}

@Resolver(() => HistoryEntryView)
export class EntitlementOfEntryResolver {
  @FieldResolver(() => CourseEntitlementView, {
    nullable: true,
    description:
      "The entitlement that was changed, or whose support detail or refund was, in its present state; null for other objects, when it has been deleted, and when the caller may not see it.",
  })
  async entitlement(
    @Root() { entry }: HistoryEntryView,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementView | null> {
    const id = entitlementIdOf(entry);
    return id === null ? null : entitlementOf(context, id);
  }
}
