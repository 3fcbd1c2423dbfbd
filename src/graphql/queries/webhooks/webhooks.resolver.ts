import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { allWebhooks, deadLettersOf, type DeadLetter } from "../../../reads/webhooks/webhooks";
import type { Context } from "../../context";
import { historyOf } from "../../history";
import { HistoryArgs } from "../../history-inputs";
import { connectionOf, PageArgs, type List } from "../../pages/connection";
import { Cursors } from "../../pages/cursors";
import { HistoryEntryConnection } from "../../types/history-entry";
import {
  DeadLetterConnection,
  type DeadLetterView,
  toDeadLetterView,
  toWebhookView,
  WebhookView,
} from "../../types/webhooks/webhook";

const DEAD_LETTERS = new Cursors("Webhook.deadLetters.ID.DESC", "sequence");

@Resolver(() => WebhookView)
export class WebhooksResolver {
  @Query(() => [WebhookView], {
    nullable: true,
    description: "Lists all webhooks, the oldest first. For staff and auditors.",
  })
  async webhooks(@Ctx() { app }: Context): Promise<WebhookView[]> {
    return (await allWebhooks(app.db)).map(toWebhookView);
  }

  @FieldResolver(() => DeadLetterConnection, {
    description: "The changes that the webhook could not tell, the newest first.",
  })
  deadLetters(
    @Root() { id }: WebhookView,
    @Args() args: PageArgs,
    @Ctx() { app, loaders }: Context,
  ): Promise<DeadLetterConnection> {
    const list: List<DeadLetter, DeadLetterView> = {
      cursors: DEAD_LETTERS,
      keyOf: (letter) => ({ value: letter.historyId, id: letter.id }),
      toNode: toDeadLetterView,
      read: (page) =>
        loaders
          .named(`deadLetters:${JSON.stringify(page)}`, (ids) => deadLettersOf(app.db, ids, page))
          .load(id),
    };
    return connectionOf(list, args);
  }

  @FieldResolver(() => HistoryEntryConnection, {
    description: "The history of the webhook, the newest change first.",
  })
  history(
    @Root() webhook: WebhookView,
    @Args() args: HistoryArgs,
    @Ctx() context: Context,
  ): Promise<HistoryEntryConnection> {
    return historyOf(context, "WEBHOOK", webhook, args);
  }
}
