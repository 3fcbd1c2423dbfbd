import type { EntityManager } from "typeorm";
import type { App } from "../../app";
import { readFeed } from "../../reads/feed/feed";
import { lastId, logEnd, placeAfterId } from "../../reads/feed/placed";
import { PENDING_AT_MOST, UNDELIVERED_AT_MOST } from "../../rules/webhook-rules";
import type { Change } from "../../store/transact";
import { transactSurely } from "../../store/transact-surely";

/** Positions that are looked at in one transaction. */
const PAGE = 200n;
const EVERYTHING = { entitlementId: null, learnerId: null };

/** A webhook that has changes to take over from history. */
interface Behind {
  id: string;
  entityTypes: string[];
  /** Entries up to this id are not told. */
  toldId: string;
  /** The position up to which it was told; null while that is not known. */
  position: string | null;
}

/**
 * Takes changes over from history, for every webhook from where it stands: each becomes a delivery in the transaction
 * that moves the webhook on, so that none is lost and none comes twice. Returns whether there may be more.
 */
export async function dispatch(app: App, change: Change): Promise<boolean> {
  await app.committer.settle();
  const end = BigInt((await logEnd(app.db)).size) - 1n;
  const behind = await app.db.query<{ id: string }[]>(
    `select c.webhook_id as id from webhook_channel c join webhook w on w.id = c.webhook_id
     where w.is_active and (c.log_position is null or c.log_position < $1)`,
    [String(end)],
  );
  let isMore = false;
  for (const { id } of behind)
    if (await transactSurely(app.db, change, (tx) => takeOver(tx, id, end))) isMore = true;
  return isMore;
}

/** Returns whether there is more. Nothing is read while another process does so, or while enough waits. */
async function takeOver(tx: EntityManager, webhookId: string, end: bigint): Promise<boolean> {
  const [behind] = await tx.query<Behind[]>(
    `select w.id, w.entity_types as "entityTypes", c.position as "toldId", c.log_position as position
     from webhook_channel c join webhook w on w.id = c.webhook_id
     where c.webhook_id = $1 and (c.log_position is null or c.log_position < $2) and w.is_active
       and (select count(*) from webhook_delivery d where d.webhook_id = $1 and d.state <> 'DEAD') < $3
     for no key update of c skip locked for key share of w skip locked`,
    [webhookId, String(end), UNDELIVERED_AT_MOST],
  );
  if (!behind) return false;
  const toldId = BigInt(behind.toldId);
  const position =
    behind.position === null
      ? (await placeAfterId(tx, toldId, await lastId(tx))).after
      : BigInt(behind.position);
  const upTo = position + PAGE < end ? position + PAGE : end;
  const page = await readFeed(tx, EVERYTHING, position, upTo, Number(PAGE));
  const told = page.filter(
    ({ id, entityType }) => BigInt(id) > toldId && behind.entityTypes.includes(entityType),
  );
  // One that was given up before is told again, as after a replay; one in progress stays as it is.
  await tx.query(
    `insert into webhook_delivery as d (webhook_id, history_id, entitlement_id, state, attempt, created_at, modified_at)
     select $1, t.history_id, t.entitlement_id, 'WAITING', 0, clock_timestamp(), clock_timestamp()
     from unnest($2::bigint[], $3::uuid[]) t(history_id, entitlement_id)
     on conflict (webhook_id, history_id) do update
       set state = 'WAITING', attempt = 0, detail = null, created_at = excluded.created_at,
         modified_at = excluded.modified_at
       where d.state = 'DEAD'`,
    [webhookId, told.map(({ id }) => id), told.map(({ entitlementId }) => entitlementId)],
  );
  await tx.query("update webhook_channel set log_position = $2 where webhook_id = $1", [
    webhookId,
    String(upTo),
  ]);
  return upTo < end;
}

/**
 * Makes deliveries due that wait for nothing any more: of an entitlement only the first of those that are not over, so that
 * its changes arrive in their order, and of a webhook only some at once.
 */
export function makeDue(app: App, change: Change): Promise<void> {
  return transactSurely(app.db, change, async (tx) => {
    await tx.query(
      `update webhook_delivery d
       set state = 'PENDING', next_attempt_at = clock_timestamp(), created_at = clock_timestamp(),
         modified_at = clock_timestamp()
       from (
         select d.id, row_number() over (partition by d.webhook_id order by d.history_id)
           + (select count(*) from webhook_delivery p where p.webhook_id = d.webhook_id and p.state = 'PENDING') as place
         from webhook_delivery d join webhook w on w.id = d.webhook_id
         where d.state = 'WAITING' and w.is_active and not exists (
           select from webhook_delivery p where p.webhook_id = d.webhook_id and p.entitlement_id = d.entitlement_id
             and p.history_id < d.history_id and p.state <> 'DEAD')
       ) first
       where d.id = first.id and d.state = 'WAITING' and first.place <= $1`,
      [PENDING_AT_MOST],
    );
  });
}
