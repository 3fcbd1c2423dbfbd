/**
 * SQL for whether an entry `h` of history counts at an instant: its transaction is settled, and counts as a whole from then
 * or earlier. `at` is a parameter or an expression. Where all that is settled includes the instant, the answer never changes:
 *
 * - What is dated later does not count. An instant of a transaction is never before the dates of its entries.
 * - Nor does what is dated earlier and counts from later. Most transactions are short, so they are among those that count
 *   from the second after the instant; the few long ones have an index of their own.
 * - Nor does what has no place yet. All transactions before the horizon have one.
 */
export function countsAt(h: string, at: string): string {
  return `${h}.history_date <= ${at} and ${isWholeAt(h, at)} and ${IS_SETTLED(h)}`;
}

/**
 * SQL for the instant from which an entry `h` counts, and of whose state it is part: that of its transaction `x`, or its date
 * where the transaction tells a past, or has no place yet.
 */
export function instantOf(h: string, x: string): string {
  return `case when exists (select from history_told told where told.txid = ${h}.history_txid) then ${h}.history_date
    else coalesce(${x}.at, ${h}.history_date) end`;
}

/** The transactions with entries on both sides of an instant count from later. */
const isWholeAt = (h: string, at: string) => `${h}.history_txid <> all (array(
  select torn.txid from history_transaction torn
  where torn.at > ${at} and torn.at <= ${at} + interval '1 second' and torn.first_date <= ${at}
  union all
  select torn.txid from history_transaction torn
  where torn.at - torn.first_date > interval '1 second' and tstzrange(torn.first_date, torn.at) @> ${at}))`;

// A scalar, because PostgreSQL might read the whole table for what it takes for a set.
const IS_SETTLED = (h: string) => `(${h}.history_txid < (select horizon from history_clock)
  or coalesce((select true from history_transaction settled where settled.txid = ${h}.history_txid), false))`;
