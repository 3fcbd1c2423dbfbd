import type { DataSource } from "typeorm";

/** A checksum of each table's rows, by table. */
export async function checksumOf(db: DataSource): Promise<Record<string, string>> {
  const tables = await db.query<{ name: string }[]>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const sums = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) || ':' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as sum from "${name}" t`,
  );
  const rows = await db.query<{ name: string; sum: string }[]>(sums.join(" union all "));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
