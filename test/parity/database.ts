import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../ormconfig";
import { startEmbeddedPostgres } from "../../src/postgres/embedded-postgres";
import { migrateUp } from "../../src/store/schema/migrate";
import { removeNow, removeWhenThisProcessEnds } from "../support/cleanup";
import { UsageError } from "./vectors";

/** Runs work against a new, migrated database on the given server, or an embedded one, and leaves nothing behind. */
export async function withNewDatabase<T>(
  serverUrl: string | undefined,
  work: (db: DataSource) => Promise<T>,
): Promise<T> {
  if (serverUrl) return onServer(serverUrl, work);
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-parity-"));
  chmodSync(dir, 0o755); // PostgreSQL may have to run under another account
  removeWhenThisProcessEnds(dir);
  try {
    const { url } = await startEmbeddedPostgres(dir, {
      settings: { fsync: "off", synchronous_commit: "off" },
    });
    return await onServer(url, work);
  } finally {
    await removeNow();
  }
}

async function onServer<T>(serverUrl: string, work: (db: DataSource) => Promise<T>): Promise<T> {
  const name = `parity_${process.pid}_${randomBytes(4).toString("hex")}`;
  const url = urlOf(serverUrl, name);
  await administer(serverUrl, `create database ${name} template template0`);
  try {
    await migrateUp(migrationOptions(url));
    const db = await new DataSource(dataSourceOptions(url)).initialize();
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  } finally {
    await administer(serverUrl, `drop database if exists ${name} with (force)`);
  }
}

function urlOf(serverUrl: string, database: string): string {
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    return url.href;
  } catch {
    throw new UsageError("DATABASE_URL: must be a URL that starts with postgres://");
  }
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new UsageError(`DATABASE_URL: ${message || code}`);
  } finally {
    await client.end();
  }
}
