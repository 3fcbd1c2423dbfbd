import { createHash } from "node:crypto";
import type { Pool, QueryResultRow } from "pg";
import type { DataSource } from "typeorm";

const NAMED_AT_MOST = 200;
const names = new Map<string, string>();

/**
 * Runs a read-only statement and returns its plain rows. It is prepared once a connection under a name, which saves
 * PostgreSQL the parsing and planning; beyond a bounded number of texts it is sent unnamed.
 */
export async function select<R extends QueryResultRow>(
  db: DataSource,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const { rows } = await poolOf(db).query<R>({ name: nameOf(text), text, values: [...values] });
  return rows;
}

/** The connection pool that TypeORM's statements go through too. */
export function poolOf(db: DataSource): Pool {
  return (db.driver as unknown as { master: Pool }).master;
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= NAMED_AT_MOST) return known;
  const name = createHash("sha1").update(text).digest("base64url");
  names.set(text, name);
  return name;
}
