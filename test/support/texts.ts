import type { DataSource } from "typeorm";

/** The tables of which a row holds these words, in any case: history and all else but the hashes of its tree. */
export async function tablesWith(db: DataSource, words: string): Promise<string[]> {
  const tables = await db.query<{ name: string }[]>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace
       and relname not in ('history_tile')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await db.query<unknown[]>(
      `select 1 from ${name} t where t::text ilike '%' || $1 || '%' limit 1`,
      [words],
    );
    if (rows.length > 0) found.push(name);
  }
  return found.toSorted();
}
