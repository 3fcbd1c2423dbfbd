import type { DataSource } from "typeorm";
import { factsAsOf } from "../../../src/reads/as-of";

/**
 * Asks at every millisecond between the dates of transactions, which mark what they change with their number: before its
 * instant, nothing of a transaction may show. Returns how many answers had a part of one.
 */
export async function askWithinTransactions(
  db: DataSource,
  atMost: number,
): Promise<{ asked: number; torn: number }> {
  const rows = await db.query<{ txid: string; from: Date; at: Date; ids: string[] }[]>(
    `select x.txid, x.first_date as from, x.at, array_agg(distinct h.id) as ids
     from history_transaction x join historical_course_entitlement h on h.history_txid = x.txid
     where x.first_date < x.at and h.mode = 't' || x.txid group by x.txid order by md5(x.txid::text)`,
  );
  let [asked, torn] = [0, 0];
  for (const { txid, from, at, ids } of rows)
    for (let t = from.getTime(); t <= at.getTime() && asked < atMost; t++) {
      asked += 1;
      const shown = await factsAsOf(db, ids, new Date(t));
      const isShown = shown.some((facts) => facts?.mode === `t${txid}`);
      // At its instant it shows, unless a later one with the same instant has changed the same rows.
      if (isShown && t < at.getTime()) torn += 1;
    }
  return { asked, torn };
}
