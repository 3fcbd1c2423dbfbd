import type { DataSource } from "typeorm";

/**
 * What tells, by table, whether any row was added, changed or removed: how many rows there are, and the sum of the
 * transactions that wrote them. A later transaction has a higher number, so rows that are written in place of others
 * raise the sum. Rows that are only locked, or written in a transaction that is undone, change nothing. In which order history
 * was committed is left out: the committer notes it whenever an answer depends on it.
 */
export async function checksumOf(db: DataSource): Promise<Record<string, string>> {
  const tables = await db.query<{ name: string }[]>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('history_clock', 'history_transaction')",
  );
  const sums = tables.map(
    ({ name }) =>
      `select '${name}' as name, concat(count(*), ':', sum(xmin::text::bigint)) as sum from "${name}"`,
  );
  const rows = await db.query<{ name: string; sum: string }[]>(sums.join(" union all "));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
