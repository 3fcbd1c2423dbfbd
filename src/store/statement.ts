import { createHash } from "node:crypto";
import type { ClientBase, Pool, QueryResultRow } from "pg";
import { EntityManager, QueryFailedError, type DataSource, type QueryRunner } from "typeorm";

const NAMED_AT_MOST = 200;
const names = new Map<string, string>();
/** Part of every name; what was prepared under the names of an earlier one is not used again. */
let generation = 0;

/** Makes a parameter of a value, for a statement that is being written. */
export type Parameter = (value: unknown) => string;

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
  const ask = () => sendPrepared(text, (name) => poolOf(db).query<R>({ name, text, values: [...values] }));
  const { rows } = await ask().catch((error: unknown) => {
    if (!isOutdatedPlan(error)) throw error;
    return ask();
  });
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
    return (await sendPrepared(text, (name) => client.query<R>({ name, text, values: [...values] }))).rows;
  } catch (error) {
    throw new QueryFailedError(text, [...values], error as Error);
  }
}

/**
 * A parameter that is a list, for a statement that is prepared: `= any(${listOf("$1", "uuid")})`. It hides the length
 * of the list from the planner, which would otherwise make a new plan for each list that is shorter than its estimate.
 * Planning takes longer than running the statement.
 */
export function listOf(parameter: string, type: "uuid" | "bigint" | "text"): string {
  return `(select ${parameter}::${type}[])::${type}[]`;
}

/**
 * The connection pool that TypeORM's statements use too. TypeORM does not publish it; a test shows that it is still the
 * one it uses.
 */
export function poolOf(db: DataSource): Pool {
  return (db.driver as unknown as { master: Pool }).master;
}

/**
 * Whether a statement was refused because a migration has changed the type of what it returns since it was prepared.
 * Nothing of it was executed, and all statements have new names by now: what failed may be repeated.
 */
export function isOutdatedPlan(error: unknown): boolean {
  const { code, routine } = error as { code?: string; routine?: string };
  return code === "0A000" && routine === "RevalidateCachedQuery";
}

/** Sends a statement under its name; where its plan is outdated, every statement gets a new name on all connections. */
async function sendPrepared<T>(text: string, send: (name: string | undefined) => Promise<T>): Promise<T> {
  const name = nameOf(text);
  try {
    return await send(name);
  } catch (error) {
    if (isOutdatedPlan(error) && names.get(text) === name) {
      names.clear();
      generation += 1;
    }
    throw error;
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= NAMED_AT_MOST) return known;
  const name = createHash("sha1").update(`${generation} ${text}`).digest("base64url");
  names.set(text, name);
  return name;
}
