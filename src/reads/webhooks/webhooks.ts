import { WEBHOOK_FIELDS, type Webhook } from "../../entities/webhooks/webhook";
import type { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { byKey } from "../../store/by-key";
import { columnsOf, part, type Row } from "../../store/rows/fields";
import { sliceOf, toPage, type Page, type PageRequest, type Sorting } from "../../store/rows/page";
import { listOf, select, type Database } from "../../store/statement";
import { waitingGauges, type WaitingGauge } from "../waiting";

/** A webhook and what it has yet to tell. */
export interface WebhookFacts extends Webhook {
  /** The changes that wait or are attempted. */
  undelivered: number;
  /** The changes that were given up. */
  dead: number;
}

const COUNTS = {
  undelivered:
    "(select count(*)::int from webhook_delivery d where d.webhook_id = w.id and d.state <> 'DEAD')",
  dead: "(select count(*)::int from webhook_delivery d where d.webhook_id = w.id and d.state = 'DEAD')",
};
const WEBHOOK = part<WebhookFacts>({ ...columnsOf(WEBHOOK_FIELDS, "w"), ...COUNTS });

/** The columns of a webhook `w`: what precedes `where`. */
export function selectWebhooks(source = "webhook", columns = ""): string {
  return `select ${columns} ${WEBHOOK.list} from ${source} w`;
}

/** The webhook of a row of `selectWebhooks`. */
export function toWebhook(row: Row): WebhookFacts {
  return WEBHOOK.of(row)!;
}

/** All webhooks, the oldest first; they are few. */
export async function allWebhooks(db: Database): Promise<WebhookFacts[]> {
  return (await select(db, `${selectWebhooks()} order by w.created_at, w.id`)).map(toWebhook);
}

/** Webhooks by id; null for those that do not exist. */
export async function webhooksById(db: Database, ids: readonly string[]): Promise<(WebhookFacts | null)[]> {
  const rows = await select(db, `${selectWebhooks()} where w.id = any(${listOf("$1", "uuid")})`, [ids]);
  return byKey(ids, rows.map(toWebhook), ({ id }) => id);
}

/** A delivery that was given up. */
export type DeadLetter = Pick<
  WebhookDelivery,
  "id" | "webhookId" | "historyId" | "entitlementId" | "attempt" | "detail" | "createdAt" | "modifiedAt"
>;

const DEAD_LETTER = `d.id, d.webhook_id as "webhookId", d.history_id::text as "historyId",
  d.entitlement_id as "entitlementId", d.attempt, d.detail, d.created_at as "createdAt", d.modified_at as "modifiedAt"`;

/** Deliveries that were given up, by id; null for those that do not exist. */
export async function deadLettersById(db: Database, ids: readonly string[]): Promise<(DeadLetter | null)[]> {
  const rows = await select<DeadLetter>(
    db,
    `select ${DEAD_LETTER} from webhook_delivery d
     where d.id = any(${listOf("$1", "uuid")}) and d.state = 'DEAD'`,
    [ids],
  );
  return byKey(ids, rows, ({ id }) => id);
}

const NEWEST_FIRST: Sorting = { value: "d.history_id", id: "d.id", direction: "DESC" };

/** For each webhook the deliveries that were given up, the newest change first: one statement for all. */
export async function deadLettersOf(
  db: Database,
  webhookIds: readonly string[],
  page: PageRequest,
): Promise<Page<DeadLetter>[]> {
  const values: unknown[] = [webhookIds, page.size + 1];
  const { condition, order } = sliceOf(NEWEST_FIRST, page, (value) => `$${values.push(value)}`);
  const rows = await select<DeadLetter>(
    db,
    `select ${DEAD_LETTER}
     from unnest(${listOf("$1", "uuid")}) k(id) cross join lateral (
       select d.* from webhook_delivery d where d.webhook_id = k.id and d.state = 'DEAD' and ${condition}
       order by ${order} limit $2
     ) d order by ${order}`,
    values,
  );
  return webhookIds.map((id) =>
    toPage(
      rows.filter(({ webhookId }) => webhookId === id),
      page,
    ),
  );
}

/** What is needed to send to the receiver of a webhook; nothing else reads its secret. */
export interface Receiver {
  url: string;
  /** What signs its messages. */
  secret: string;
  isActive: boolean;
}

/** Where a webhook sends, and what signs it; null when it is gone. */
export async function receiverOf(db: Database, webhookId: string): Promise<Receiver | null> {
  const [row] = await select<Receiver>(
    db,
    `select w.url, c.secret, w.is_active as "isActive" from webhook w join webhook_channel c on c.webhook_id = w.id
     where w.id = $1`,
    [webhookId],
  );
  return row ?? null;
}

/** For metrics: the deliveries of all webhooks by state. */
export function deliveryGauges(db: Database): Promise<WaitingGauge[]> {
  return waitingGauges(db, "webhook_delivery");
}
