import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { DataSource } from "typeorm";
import { migrationOptions } from "../../../../ormconfig";
import { migrateUp } from "../../../../src/store/schema/migrate";
import { dump, restore } from "../../../support/system-postgres";
import { SHOW } from "../audit";
import { clockSetBack } from "../paths";
import { messageOf, openSlot } from "../wal";
import { finishPrepared, type Orders } from "../writer";
import { prepareHeld, prepareStorm } from "./prepare";
import { Programs } from "./programs";
import { Server } from "./server";
import { Writing } from "./writing";

const BEHIND_BYTES = 10_000;
const BEHIND_WITHIN_MS = 30_000;
const STALLED_MS = 500;

/** What a stage is set up with. */
export interface StageOptions {
  /** An empty directory. */
  dir: string;
  /** The folder with the programs of a PostgreSQL with pg_dump; without it, the embedded one is used. */
  binaries?: string | undefined;
  /** What the writing process is told. */
  orders: Omit<Orders, "url">;
  /** Whether every other writing process has a clock that is 5 minutes ahead. */
  areClocksAhead: boolean;
}

/** A PostgreSQL that keeps its log for the audit, and the process that writes to it. */
export class Stage {
  /** How often a process was killed. */
  killed = 0;
  /** Transactions that were prepared before PostgreSQL was killed, and committed afterwards. */
  survived = 0;
  client!: Client;
  db!: DataSource;
  /** The process that writes. */
  readonly writing: Writing;
  private replica: Server | undefined;
  private servers = 1;
  private readonly programs: Programs;

  private constructor(
    private server: Server,
    private readonly options: StageOptions,
  ) {
    this.programs = new Programs(options.dir);
    this.writing = new Writing(options.orders, this.programs.settings, options.areClocksAhead);
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(await Server.create(join(options.dir, "1"), options.binaries), options);
    await migrateUp(migrationOptions(stage.server.url));
    await stage.join();
    await prepareStorm(stage.client);
    stage.writing.start(stage.server.url);
    return stage;
  }

  /** Whether a replica follows, so that PostgreSQL is not to be killed without promoting it. */
  get hasReplica(): boolean {
    return this.replica !== undefined;
  }

  killWriter(): void {
    this.killed += 1;
    this.writing.end();
    this.writing.start(this.server.url);
  }

  /** Kills PostgreSQL, and starts it again. */
  async killPostgres(): Promise<void> {
    const held = await this.prepareOne();
    await this.kill();
    await this.server.start();
    await this.join();
    await this.commitPrepared(held);
    // A PostgreSQL that is killed every few seconds forgets each time what is to be vacuumed.
    await this.db.query("vacuum (analyze)");
  }

  async attachReplica(): Promise<void> {
    this.replica = await this.server.replicate(this.dirOfNext());
  }

  /**
   * Kills PostgreSQL for good, while commits wait for the replica, and goes on with the replica. What others can see shortly
   * before, they must find again.
   */
  async promoteReplica(lookAround: () => Promise<void>): Promise<void> {
    const held = await this.prepareOne();
    const endStall = await this.replica!.stall();
    await this.waitForCommits();
    await lookAround();
    await this.kill();
    endStall();
    this.writing.end();
    this.server = this.replica!;
    this.replica = undefined;
    await this.server.promote();
    await this.programs.adopt(this.server.url);
    await this.db.destroy();
    await this.join();
    await this.commitPrepared(held);
    this.writing.start(this.server.url);
  }

  setClockBack(seconds: number): Promise<unknown> {
    return this.client.query(clockSetBack(seconds));
  }

  /** Dumps the database, while others write, and returns the file. */
  async dump(): Promise<string> {
    const file = join(this.options.dir, "storm.dump");
    await dump(this.options.binaries!, this.server.url, file);
    return file;
  }

  /** Goes on in a new PostgreSQL that has nothing but a dump. It begins with a transaction that shows all rows. */
  async restore(file: string, tables: Iterable<string>): Promise<void> {
    await this.close();
    this.server = await Server.create(this.dirOfNext(), this.options.binaries);
    await restore(this.options.binaries!, file, this.server.url);
    await this.programs.adopt(this.server.url);
    await this.join();
    await openSlot(this.client);
    await this.client.query("begin");
    await this.client.query(messageOf(SHOW));
    for (const table of tables) await this.client.query(`update ${table} set id = id`);
    await this.client.query("commit");
    this.writing.start(this.server.url);
  }

  /** Ends the writing; the transactions of a process that was killed end when PostgreSQL notices. */
  async silence(): Promise<void> {
    this.writing.end();
    const others = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = 'course-entitlements' and pid <> all ($1)`;
    const [{ pid }] = await this.db.query<[{ pid: number }]>("select pg_backend_pid() as pid");
    while ((await this.client.query(others, [[pid]])).rowCount! > 0) await sleep(20);
    await finishPrepared(async (sql) => (await this.client.query<{ gid: string }>(sql)).rows, 0);
  }

  /** Settles and seals what is left, as a server does. */
  seal(): Promise<void> {
    return this.programs.seal(this.db);
  }

  /** What `npm run history:prove` says, with checkpoints that were kept. */
  prove(kept: readonly string[]): ReturnType<Programs["prove"]> {
    return this.programs.prove(this.server.url, kept);
  }

  async close(): Promise<void> {
    this.writing.end();
    await this.db.destroy();
    await this.client.end();
    await this.replica?.stop();
    await this.server.stop();
  }

  private async kill(): Promise<void> {
    this.killed += 1;
    this.server.kill();
    await this.client.end().catch(() => undefined);
  }

  /** Prepares a transaction, which nobody else finishes, and returns its name; none where there are no two phases. */
  private async prepareOne(): Promise<string | undefined> {
    return this.options.orders.isTwoPhase ? prepareHeld(this.client) : undefined;
  }

  private async commitPrepared(gid: string | undefined): Promise<void> {
    if (gid === undefined) return;
    await this.client.query(`commit prepared '${gid}'`);
    this.survived += 1;
  }

  /** Waits until there are commits that the replica has not. */
  private async waitForCommits(): Promise<void> {
    const behind = `select from pg_stat_replication where pg_current_wal_lsn() - replay_lsn > ${BEHIND_BYTES}`;
    for (const from = Date.now(); Date.now() < from + BEHIND_WITHIN_MS; await sleep(50))
      if ((await this.client.query(behind)).rowCount! > 0) return sleep(STALLED_MS);
    throw new Error("Nothing is written any more");
  }

  private async join(): Promise<void> {
    this.client = await this.server.connect();
    if (this.db?.isInitialized) return;
    this.db = await new DataSource(migrationOptions(this.server.url)).initialize();
  }

  private dirOfNext(): string {
    return join(this.options.dir, String(++this.servers));
  }
}
