import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { DataSource } from "typeorm";
import { dataSourceOptions, migrationOptions } from "../../../ormconfig";
import { tracked } from "../../../src/history/historical";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../../src/postgres/embedded-postgres";
import { migrateUp } from "../../../src/store/schema/migrate";
import { broken } from "../world";
import { Audit } from "./audit";
import { nextCommitted, openSlot } from "./wal";
import { LOST_POSTGRES, randomFrom, USERS } from "./writer";

/** The length, the intensity and the seed of a storm. */
export interface StormOptions {
  seed: number;
  /** Stops once so many changes of rows are committed. */
  changes: number;
  /** How often the writing process or PostgreSQL is killed meanwhile. */
  kills: number;
  /** An empty directory for a PostgreSQL of its own. */
  dir: string;
  onProgress?: (changes: number) => void;
}

/** What the write-ahead log, held against the history, has shown. */
export interface StormReport {
  counts: Audit["counts"];
  kills: number;
  /** Rows that differ from the log's, or from their newest entry, in the end. */
  broken: number;
  /** The first few in full. */
  faults: string[];
}

const STARTS_AT_MOST = 20;
const RESTART_AFTER_MS = 100;
const STALLED_AFTER_MS = 60_000;

/** Writes by every write path, kills the writing process and PostgreSQL, and audits every committed transaction. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const stage = await Stage.open(options.dir, options.seed);
  try {
    const tables = await trackedTables(stage.url);
    const audit = new Audit(tables);
    await rage(stage, audit, options);
    await stage.silence();
    while (await readOn(stage, audit));
    const found = await compareInTheEnd(stage.url, audit, tables);
    const faults = [...audit.faults, ...found.slice(0, 10)];
    return { counts: audit.counts, kills: stage.killed, broken: found.length, faults };
  } finally {
    await stage.close();
  }
}

async function rage(stage: Stage, audit: Audit, options: StormOptions): Promise<void> {
  const { seed, changes, kills, onProgress } = options;
  const random = randomFrom(seed);
  let nextKill = (random() * changes) / kills;
  let movedAt = Date.now();
  while (audit.counts.changes < changes || stage.killed < kills) {
    const before = audit.counts.changes;
    await readOn(stage, audit);
    onProgress?.(Math.min(audit.counts.changes, changes));
    if (audit.counts.changes > before) movedAt = Date.now();
    if (Date.now() - movedAt > STALLED_AFTER_MS) throw new Error("Nothing is written any more");
    if (stage.failure) throw stage.failure;
    if (stage.killed < kills && audit.counts.changes >= nextKill) {
      await (random() < 0.5 ? stage.killWriter() : stage.killPostgres());
      nextKill = ((stage.killed + random()) * changes) / kills;
    } else await sleep(20);
  }
}

/** Audits what has been committed since, and says whether there was anything. */
async function readOn(stage: Stage, audit: Audit): Promise<boolean> {
  const committed = await nextCommitted(stage.client);
  for (const transaction of committed) audit.read(transaction);
  return committed.length > 0;
}

/** A PostgreSQL that keeps its log for the audit, and the process that writes to it. */
class Stage {
  killed = 0;
  /** Why the writing process ended, when nobody killed it. */
  failure: Error | null = null;
  client!: Client;
  private writer!: ChildProcess;

  private constructor(
    private readonly dir: string,
    private readonly port: number,
    private readonly seed: number,
    private postgres: EmbeddedPostgres,
  ) {}

  static async open(dir: string, seed: number): Promise<Stage> {
    const port = await freePort();
    const stage = new Stage(dir, port, seed, await start(dir, port));
    await migrateUp(migrationOptions(stage.url));
    stage.client = await prepare(stage.url);
    stage.startWriter();
    return stage;
  }

  get url(): string {
    return this.postgres.url;
  }

  async killWriter(): Promise<void> {
    this.killed += 1;
    this.writer.kill("SIGKILL");
    this.startWriter();
  }

  async killPostgres(): Promise<void> {
    this.killed += 1;
    await this.client.end().catch(() => undefined);
    const [pid] = readFileSync(join(this.dir, "postgres", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGKILL");
    this.postgres = await start(this.dir, this.port);
    this.client = await connect(this.url);
  }

  /** Ends the writing; the transactions of a process that was killed end when PostgreSQL notices. */
  async silence(): Promise<void> {
    this.writer.removeAllListeners("exit").kill("SIGKILL");
    const others = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = 'course-entitlements'`;
    while ((await this.client.query(others)).rowCount! > 0) await sleep(20);
  }

  async close(): Promise<void> {
    this.writer.removeAllListeners("exit").kill("SIGKILL");
    await this.client.end();
    await this.postgres.stop();
  }

  private startWriter(): void {
    this.writer = fork(join(__dirname, "writer.js"), [this.url, String(this.seed + this.killed)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.writer.once("exit", (code) => {
      if (code === LOST_POSTGRES) this.startWriter();
      else if (code !== null) this.failure = new Error(`The writing process ended by itself, with ${code}`);
    });
  }
}

/**
 * PostgreSQL without waiting for the disk and without full pages in the log: killing a process loses no data and
 * damages no page by that, and each of the many crashes would otherwise write the whole database again.
 */
async function start(dir: string, port: number): Promise<EmbeddedPostgres> {
  for (let tries = 1; ; tries++)
    try {
      return await startEmbeddedPostgres(dir, {
        settings: {
          port: String(port),
          wal_level: "logical",
          fsync: "off",
          full_page_writes: "off",
          max_wal_size: "512MB",
        },
      });
    } catch (error) {
      if (tries >= STARTS_AT_MOST) throw error;
      await sleep(RESTART_AFTER_MS); // those it left behind have to notice first
    }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined); // PostgreSQL is killed
  await client.connect();
  return client;
}

async function prepare(url: string): Promise<Client> {
  const client = await connect(url);
  await openSlot(client);
  await client.query(
    "insert into user_account (id, username) select i, 'user-' || i from generate_series(1, $1::int) i",
    [USERS],
  );
  // By which the audit knows them, also where a row is deleted.
  for (const table of ["certificate", "course_run"])
    await client.query(`alter table ${table} replica identity using index ${table}_id_key`);
  await client.query("begin");
  await client.query(`select pg_logical_emit_message(true, 'storm',
    '{"path": "start", "label": "database:' || session_user || '", "sources": ["DATABASE"]}')`);
  await client.query("insert into course_entitlement_policy (mode) values (null)");
  await client.query("commit");
  return client;
}

async function trackedTables(url: string): Promise<Set<string>> {
  const db = await new DataSource(dataSourceOptions(url, 1)).initialize();
  const names = [...tracked.keys()].map((entity) => db.getMetadata(entity as () => object).tableName);
  await db.destroy();
  return new Set(names);
}

async function compareInTheEnd(url: string, audit: Audit, tables: ReadonlySet<string>): Promise<string[]> {
  const db = await new DataSource(dataSourceOptions(url, 1)).initialize();
  try {
    const found = (await broken(db)).map(({ table, id, fault }) => `${table} ${id} ${fault}`);
    let rows = 0;
    let entries = 0;
    for (const table of tables) {
      rows += await count(db, table);
      entries += await count(db, `historical_${table}`);
    }
    if (rows !== audit.rows.size) found.push(`${rows} rows, but ${audit.rows.size} in the log`);
    if (entries !== audit.counts.entries)
      found.push(`${entries} entries, but ${audit.counts.entries} in the log`);
    return found;
  } finally {
    await db.destroy();
  }
}

async function count(db: DataSource, table: string): Promise<number> {
  const [row] = (await db.query(`select count(*)::int as count from ${table}`)) as [{ count: number }];
  return row.count;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
