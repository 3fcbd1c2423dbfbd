import { Client } from "pg";
import { DataSource, type DataSourceOptions } from "typeorm";
import type { PostgresDataSourceOptions } from "typeorm/driver/postgres/PostgresDataSourceOptions";
import { dataSourceOptions, migrationOptions } from "../../ormconfig";
import { migrateUp } from "../../src/store/schema/migrate";

/** A database for one test, which nothing else uses. */
export interface TestDatabase {
  url: string;
  /** Removes it, even when clients are connected. */
  drop: () => Promise<void>;
}

/** What all databases of this run of the tests are called, followed by something of their own. */
const RUN = (process.env["TEST_RUN"] ??= `test_${process.pid}`);
/** A migrated database without rows, and one with the demo world. */
export type Template = "empty" | "demo";
let made = 0;

/** Makes a copy of a template. */
export function createTestDatabase(template: Template = "empty"): Promise<TestDatabase> {
  return create(`template ${RUN}_${template}`);
}

/** Makes a database without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create("template template0");
}

/** A database of a test's own, open as the server opens it, or with the options of a program that works for long. */
export async function openTestDatabase(optionsFor = dataSourceOptions): Promise<{
  db: DataSource;
  url: string;
  close: () => Promise<void>;
}> {
  const database = await createTestDatabase();
  const db = await new DataSource(patient(optionsFor(database.url))).initialize();
  return {
    db,
    url: database.url,
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

/** A copy of a template for the tests of this file, which nothing else uses. */
export function useDatabase(template: Template): DataSource {
  const name = nextName();
  const db = openLater(name);
  beforeAll(async () => {
    await create(`template ${RUN}_${template}`, name);
    await db.initialize();
  });
  return db;
}

let workers: DataSource | undefined;

/** The database of this jest worker, which its test files use one after another: its tables are empty at first. */
export function useWorkerDatabase(): DataSource {
  const name = `${RUN}_worker_${process.env["JEST_WORKER_ID"]}`;
  const db = (workers ??= openLater(name));
  beforeAll(async () => {
    if (db.isInitialized) return empty(urlOf(name));
    await dropDatabase(name); // of a process before, where several have the same templates
    await create(`template ${RUN}_empty`, name);
    await db.initialize();
  });
  return db;
}

/** Waits for a connection as long as a busy machine needs; the client of a server waits for a shorter time. */
export function patient(options: DataSourceOptions): PostgresDataSourceOptions {
  return { ...(options as PostgresDataSourceOptions), connectTimeoutMS: 60_000 };
}

/** It need not be closed: idle connections are soon closed, and do not prevent a worker from ending. */
function openLater(name: string): DataSource {
  const { extra, ...options } = patient(dataSourceOptions(urlOf(name)));
  return new DataSource({ ...options, extra: { ...extra, allowExitOnIdle: true, idleTimeoutMillis: 5_000 } });
}

/** Deletes all rows, also of tables that refuse it, and restarts the sequences. */
async function empty(url: string): Promise<void> {
  const statements = await asSuperuser(
    `select * from (
       select 2 as step, format(case relkind when 'S' then 'alter sequence %I restart' else 'delete from %I' end, relname) as text
       from pg_class
       where relkind in ('r', 'S') and relnamespace = 'public'::regnamespace and relname not like 'migrations%'
       union all
       select step, format('alter table %s ' || change || ' trigger %I', tgrelid::regclass, tgname)
       from pg_trigger, (values (1, 'disable'), (3, 'enable always')) as around (step, change)
       where tgenabled = 'A'
     ) as steps order by step`,
    url,
  );
  const sql = statements.map(({ text }) => `${String(text)};`).join(" ");
  await asSuperuser(`set session_replication_role = replica; ${sql}`, url);
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

/**
 * Makes the migrated template, and from it the one that `fill` fills; connections to them are not allowed, because they
 * would block the copying.
 */
export async function createTemplates(fill: (db: DataSource) => Promise<void>): Promise<void> {
  const names = { empty: `${RUN}_empty`, demo: `${RUN}_demo` };
  await create("", names.empty);
  await migrateUp(migrationOptions(urlOf(names.empty)));
  await create(`template ${names.empty}`, names.demo);
  const db = await new DataSource(dataSourceOptions(urlOf(names.demo))).initialize();
  await fill(db);
  await db.destroy();
  for (const name of Object.values(names))
    await asSuperuser(`alter database ${name} allow_connections false`);
}

/** Removes all databases of this run. */
export async function dropDatabases(): Promise<void> {
  const left = await asSuperuser(
    `select datname as name from pg_database where starts_with(datname, '${RUN}_')`,
  );
  for (const { name } of left) await dropDatabase(String(name));
}

const nextName = () => `${RUN}_${process.pid}_${++made}`;

async function create(from: string, name = nextName()): Promise<TestDatabase> {
  await asSuperuser(`create database ${name} ${from}`);
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

async function dropDatabase(name: string): Promise<void> {
  await asSuperuser(`drop database if exists ${name} with (force)`);
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
