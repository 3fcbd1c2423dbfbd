import type { EntityManager } from "typeorm";
import { HISTORIES } from "../history/settle";

/** What the cluster of a database goes on with, and what history has already. */
interface Home {
  /** The cluster in which history was settled last; null before the first time. */
  settledIn: string | null;
  /** This cluster. */
  cluster: string;
  /** How many ids the sequence of entries gives to a connection at once. */
  cache: string;
  /** The id of the next entry. */
  nextId: string;
  /** The greatest id of an entry; 0 without any. */
  newestId: string;
  /** The next transaction, as history numbers it. */
  nextTxid: string;
  /** The greatest transaction of history; 0 without any. */
  newestTxid: string;
}

const greatest = (column: string, tables: readonly string[]) =>
  `greatest(0, ${tables.map((table) => `(select max(${column}) from "${table}")`).join(", ")})`;
const homeIn = (histories: readonly string[]) => `
  select (select incarnation from history_clock) as "settledIn",
    (select system_identifier::text from pg_control_system()) as cluster,
    (select seqcache from pg_sequence where seqrelid = 'history_id_seq'::regclass)::text as cache,
    (select last_value + is_called::int from history_id_seq)::text as "nextId",
    ${greatest("history_id", histories)}::text as "newestId",
    (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + history_txid_offset())::text as "nextTxid",
    greatest(${greatest("history_txid", histories)}, ${greatest("txid", ["history_transaction", "history_told"])})::text as "newestTxid"`;

const ADOPT = "Run npm run history:adopt, before anything is changed here.";

/**
 * Why history cannot go on in this database: it was restored into another cluster, whose transactions have other numbers, or
 * the sequence of its ids lags behind, as after the promotion of a logical replica, or gives connections ids in advance, so
 * that a later change of a row gets a lower one. One sentence for each reason. It can be asked of the schema of an older
 * version too, as a backup of one brings it: where the order of history has not begun, there is no reason.
 */
export async function homeFaults(db: EntityManager): Promise<string[]> {
  const home = await homeOf(db);
  if (!home) return [];
  const faults = [];
  if (home.cache !== "1")
    faults.push(
      `history_id_seq gives ${home.cache} ids to a connection at once: the entries of a row would be out of order. ${ADOPT}`,
    );
  if (isBehind(home.nextId, home.newestId))
    faults.push(
      `history_id_seq goes on with ${home.nextId}, but history has entries up to ${home.newestId}: new ones would count` +
        ` as older. ${ADOPT}`,
    );
  if (isBehind(home.nextTxid, home.newestTxid))
    faults.push(
      `The next transaction is ${home.nextTxid}, but history has transactions up to ${home.newestTxid}: what comes would` +
        ` count as settled long ago. ${ADOPT}`,
    );
  if (home.settledIn !== null && home.settledIn !== home.cluster)
    faults.push(
      `History was settled in the cluster ${home.settledIn}, and this one is ${home.cluster}: the numbers of transactions` +
        ` do not go on from there. ${ADOPT}`,
    );
  return faults;
}

/**
 * Lets history go on in this database, as the owner of its tables, and returns what it has done, one sentence each: none
 * where nothing is wrong. Nothing may write meanwhile.
 */
export function adopt(owner: EntityManager): Promise<string[]> {
  return owner.transaction(async (tx) => {
    const home = await homeOf(tx);
    if (!home || (await homeFaults(tx)).length === 0) return [];
    const done = [`History goes on in the cluster ${home.cluster}.`];
    if (home.cache !== "1") {
      await tx.query("alter sequence history_id_seq cache 1");
      done.push("Each entry gets the next id.");
    }
    if (isBehind(home.nextId, home.newestId)) {
      await tx.query("select setval('history_id_seq', $1)", [home.newestId]);
      done.push(`Ids of entries go on after ${home.newestId}.`);
    }
    if (isBehind(home.nextTxid, home.newestTxid)) {
      const [{ offset }] = await tx.query<[{ offset: string }]>("select history_txid_offset() as offset");
      const added = BigInt(offset) + BigInt(home.newestTxid) + 1n - BigInt(home.nextTxid);
      await tx.query(
        `create or replace function history_txid_offset() returns bigint immutable parallel safe language sql
           return ${added}::bigint`,
      );
      done.push(
        `Numbers of transactions go on after ${home.newestTxid}: ${added} is added to those of this cluster.`,
      );
    }
    // The next round looks at everything that has no place: what it knows of earlier rounds is of other numbers.
    await tx.query("update history_clock set incarnation = $1, seen = null, horizon = 0", [home.cluster]);
    return done;
  });
}

/** Null where the order of history has not begun. */
async function homeOf(db: EntityManager): Promise<Home | null> {
  if (!(await hasOrder(db))) return null;
  const [{ histories }] = await db.query<[{ histories: string[] }]>(
    "select array(select name from unnest($1::text[]) name where to_regclass(name) is not null) as histories",
    [HISTORIES],
  );
  const [home] = await db.query<[Home]>(homeIn(histories));
  return home;
}

/** Whether the schema is new enough to keep the order of history. */
export async function hasOrder(db: EntityManager): Promise<boolean> {
  const [{ exists }] = await db.query<[{ exists: boolean }]>(
    "select to_regclass('history_clock') is not null as exists",
  );
  return exists;
}

const isBehind = (next: string, newest: string) => BigInt(next) <= BigInt(newest);
