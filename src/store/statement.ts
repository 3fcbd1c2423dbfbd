import { createHash } from "node:crypto";
import type { ClientBase, Pool, QueryResultRow } from "pg";
import { EntityManager, QueryFailedError, type DataSource, type QueryRunner } from "typeorm";

const NAMED_AT_MOST = 200;
const names = new Map<string, string>();

/** Where statements are sent: any connection of the pool, or the one of a transaction. */
export type Database = DataSource | EntityManager;

/**
 * Runs a read-only statement and returns its plain rows. It is prepared once a connection under a name, which saves
 * PostgreSQL the parsing and planning; beyond a bounded number of texts it is sent unnamed.
 */
export async function select<R extends QueryResultRow>(
  db: Database,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  if (db instanceof EntityManager) return repeat<R>(db.queryRunner!, text, values);
  const { rows } = await poolOf(db).query<R>({ name: nameOf(text), text, values: [...values] });
  return rows;
}

/** Runs a statement in the transaction of a connection, prepared alike. It fails as TypeORM's own statements do. */
export async function repeat<R extends QueryResultRow>(
  queryRunner: QueryRunner,
  text: string,
  values: readonly unknown[],
): Promise<R[]> {
  const client = (await queryRunner.connect()) as ClientBase;
  try {
    return (await client.query<R>({ name: nameOf(text), text, values: [...values] })).rows;
  } catch (error) {
    throw new QueryFailedError(text, [...values], error as Error);
  }
}

/**
 * A parameter that is a list, for a statement that is prepared: `= any(${listOf("$1", "uuid")})`. The planner is not to
 * see how long the list is, or it plans the statement anew for each that is shorter than it guesses, which takes
 * longer than to run it.
 */
export function listOf(parameter: string, type: "uuid" | "bigint" | "text"): string {
  return `(select ${parameter}::${type}[])::${type}[]`;
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
