import { Client } from "pg";
import { migrationOptions } from "../ormconfig";
import { migrateUp } from "../src/store/schema/migrate";

/** Creates a database, and replaces an older one of that name. */
export function recreate(url: string, name: string, as = ""): Promise<unknown> {
  return onServer(url, [`drop database if exists ${name} with (force)`, `create database ${name}${as}`]);
}

/** Creates a database with our tables and without rows, and replaces an older one of that name. */
export async function recreateMigrated(url: string, name: string): Promise<void> {
  await recreate(url, name);
  await migrateUp(migrationOptions(at(url, name)));
}

/** Runs statements outside any database of a measurement. */
export function onServer(url: string, statements: readonly string[]): Promise<unknown> {
  return run(at(url, "postgres"), statements);
}

/** Runs statements one after the other on one connection, and returns how many rows each wrote. */
export async function run(url: string, statements: readonly string[]): Promise<(number | null)[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const counts: (number | null)[] = [];
    for (const statement of statements) counts.push((await client.query(statement)).rowCount);
    return counts;
  } finally {
    await client.end();
  }
}

/** The process id of a PostgreSQL on this machine. */
export async function postmasterPid(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      String.raw`select split_part(pg_read_file('postmaster.pid'), e'\n', 1)::int as pid`,
    );
    return rows[0]!.pid;
  } finally {
    await client.end();
  }
}

/** The URL of another database of the same PostgreSQL. */
export function at(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
