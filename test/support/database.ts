import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../ormconfig";
import { migrateUp } from "../../src/store/migrate";

/** A database of a test's own, which nothing else touches. */
export interface TestDatabase {
  url: string;
  /** Removes it, whoever is connected. */
  drop: () => Promise<void>;
}

const template = () => process.env["TEST_DATABASE_TEMPLATE"] ?? `course_entitlements_template_${process.pid}`;
let made = 0;

/** Makes a copy of the migrated, empty template. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`template ${template()}`);
}

/** Makes a database without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create("template template0");
}

/** A database of a test's own, open as the server opens it. */
export async function openTestDatabase(): Promise<{
  db: DataSource;
  url: string;
  close: () => Promise<void>;
}> {
  const database = await createTestDatabase();
  const db = await new DataSource(dataSourceOptions(database.url)).initialize();
  return {
    db,
    url: database.url,
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

/** Runs SQL as the superuser of the tests' PostgreSQL, in the given database or the one it starts with. */
export async function asSuperuser(sql: string, url = serverUrl()): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Makes the template that all tests copy; nobody may connect to it, as that would block the copying. */
export async function createTemplate(): Promise<void> {
  const name = (process.env["TEST_DATABASE_TEMPLATE"] = template());
  await asSuperuser(`create database ${name}`);
  await migrateUp(migrationOptions(urlOf(name)));
  await asSuperuser(`alter database ${name} allow_connections false`);
}

/** Removes the template. */
export async function dropTemplate(): Promise<void> {
  await asSuperuser(`drop database if exists ${template()} with (force)`);
}

async function create(from: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${++made}`;
  await asSuperuser(`create database ${name} ${from}`);
  return {
    url: urlOf(name),
    async drop() {
      await asSuperuser(`drop database if exists ${name} with (force)`);
    },
  };
}

function serverUrl(): string {
  const url = process.env["TEST_DATABASE_URL"];
  if (!url) throw new Error("Only jest's global setup starts PostgreSQL: run the test with jest");
  return url;
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}
