import { IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { readLog } from "../../../reads/feed/log";
import { logEnd, placesOf } from "../../../reads/feed/placed";
import type { Context } from "../../context";
import { criteriaOf, toEntryView } from "../../history";
import { HistoryFilter } from "../../history-inputs";
import { PAGE_AT_MOST, PAGE_BY_DEFAULT } from "../../pages/connection";
import { DateTimeScalar, Int64Scalar } from "../../scalars";
import { HistoryEntryView } from "../../types/history-entry";
import { HistoryLogView, LogEntryConnection } from "./history-log";

const RANGE = { message: `must be from 1 to ${PAGE_AT_MOST}` };

@ArgsType()
class LogArgs {
  @Field(() => Int64Scalar, {
    defaultValue: -1,
    description: "The position after which to begin: `next` of the page before, or -1 for the beginning.",
  })
  @Min(-1, { message: "must be -1 or more" })
  after!: number;

  @Field(() => Int, {
    defaultValue: PAGE_BY_DEFAULT,
    description: `The most changes to return, from 1 to ${PAGE_AT_MOST}.`,
  })
  @Min(1, RANGE)
  @Max(PAGE_AT_MOST, RANGE)
  first!: number;

  @Field(() => HistoryFilter, {
    nullable: true,
    description: "The conditions on the changes to list; all changes without it.",
  })
  @IsOptional()
  @ValidateNested()
  filter?: HistoryFilter | null;
}

@Resolver(() => HistoryLogView)
export class HistoryLogResolver {
  @Query(() => HistoryLogView, {
    nullable: true,
    description:
      "All committed changes in the order of their commits, for clients that follow them. For staff and auditors.",
  })
  async historyLog(@Ctx() { app }: Context): Promise<HistoryLogView> {
    await app.committer.settle(); // so that who asks after a change finds it, whatever processes do so by themselves
    const { size, settledUntil } = await logEnd(app.db);
    return { size: Number(size), settledUntil };
  }

  @FieldResolver(() => LogEntryConnection, {
    description:
      "The settled changes after a position, the oldest first. A client that passes `next` as `after` of its next request misses no change and gets none twice; cursors are not accepted there. With a filter, a page can have fewer changes than `first`, or none, while `pageInfo.hasNextPage` is true.",
  })
  async entries(
    @Root() _log: HistoryLogView,
    @Args() { after, first, filter }: LogArgs,
    @Ctx() context: Context,
  ): Promise<LogEntryConnection> {
    const page = await readLog(context.app.db, criteriaOf(context, { filter }, null), BigInt(after), first);
    const edges = page.entries.map((entry) => ({
      cursor: entry.position,
      node: toEntryView(context, entry, null),
    }));
    return {
      edges,
      next: Number(page.next),
      pageInfo: {
        page: { rows: page.entries, hasMore: page.hasMore },
        request: { size: first, key: null, isBackward: false },
        isOtherSideFilled: () => Promise.resolve(after >= 0),
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  }
}

@Resolver(() => HistoryEntryView)
export class PlaceResolver {
  @FieldResolver(() => Int64Scalar, {
    nullable: true,
    description:
      "The place of the change among all changes, from 0 in the order of their commits; null until it is settled.",
  })
  async position(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<number | null> {
    const place = await placeOf(view, context);
    return place && Number(place.position);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant from which `asOf` knows of the change, the same for all changes of its transaction: the instant of the last change of the transaction, or a later one where it was committed late. Null until the change is settled.",
  })
  async settledAt(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<Date | null> {
    return (await placeOf(view, context))?.settledAt ?? null;
  }
}

function placeOf({ id }: HistoryEntryView, { app, loaders }: Context) {
  return loaders.named("places", (ids) => placesOf(app.db, ids)).load(id);
}
