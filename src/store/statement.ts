import { createHash } from "node:crypto";
import type { ClientBase, Pool, QueryResultRow } from "pg";
import { EntityManager, QueryFailedError, type DataSource, type QueryRunner } from "typeorm";

const NAMED_AT_MOST = 200;
const names = new Map<string, string>();

/** Where statements are sent: any connection of the pool, or the one of a transaction. */
export type Database = DataSource | EntityManager;

/**
 * Runs a read-only statement and returns its plain rows. Outside transactions it is prepared once a connection under
 * a name, which saves PostgreSQL the parsing and planning; beyond a bounded number of texts it is sent unnamed.
 */
export async function select<R extends QueryResultRow>(
  db: Database,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  if (db instanceof EntityManager) return db.query<R[]>(text, [...values]);
  const { rows } = await poolOf(db).query<R>({ name: nameOf(text), text, values: [...values] });
  return rows;
}

/**
 * Runs a statement that is often repeated, in the transaction of a connection, prepared under a name too. It fails as
 * TypeORM's own statements do.
 */
export async function repeat(
  queryRunner: QueryRunner,
  text: string,
  values: readonly unknown[],
): Promise<void> {
  const client = (await queryRunner.connect()) as ClientBase;
  try {
    await client.query({ name: nameOf(text), text, values: [...values] });
  } catch (error) {
    throw new QueryFailedError(text, [...values], error as Error);
  }
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
