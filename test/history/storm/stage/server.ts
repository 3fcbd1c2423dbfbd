import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { prepareCluster, startCluster, stopCluster, type Cluster } from "../../../../src/postgres/cluster";
import { dataDirectory, findInstallation } from "../../../../src/postgres/installation";
import { freePort } from "../../../support/ports";
import { prepareSystemCluster } from "../../../support/system-postgres";

/**
 * PostgreSQL without waiting for the disk and without full pages in the log: killing a process loses no data and
 * damages no page by that, and each of the many crashes would otherwise write the whole database again.
 */
const SETTINGS = {
  wal_level: "logical",
  fsync: "off",
  full_page_writes: "off",
  max_wal_size: "512MB",
  max_prepared_transactions: "50",
};
const STARTS_AT_MOST = 50;
const RESTART_AFTER_MS = 100;
/** What a copy of a running server must not have, and its log, which is copied last. */
const NOT_COPIED = new Set(["postmaster.pid", "postmaster.opts", "server.log", "pg_wal"]);
const REPLICA = "replica";

/** A PostgreSQL of the storm, which can be killed and started again, and can have a replica. */
export class Server {
  private constructor(
    private readonly cluster: Cluster,
    private readonly port: number,
  ) {}

  /** Starts one in a new directory: with the programs of a folder, or else the embedded one. */
  static async create(dir: string, binaries?: string): Promise<Server> {
    mkdirSync(dir, { mode: 0o755 });
    const cluster = binaries
      ? prepareSystemCluster(binaries, dir)
      : await prepareCluster(findInstallation(dir));
    const server = new Server(cluster, await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://postgres:${this.cluster.password}@127.0.0.1:${this.port}/postgres`;
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url });
    client.on("error", () => undefined); // PostgreSQL is killed
    await client.connect();
    return client;
  }

  /** Starts it again where it was killed. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return await startCluster(this.cluster, { ...SETTINGS, port: String(this.port) });
      } catch (error) {
        if (tries >= STARTS_AT_MOST) throw error;
        await sleep(RESTART_AFTER_MS); // those it left behind have to notice first
      }
  }

  kill(): void {
    const [pid] = readFileSync(join(this.cluster.data, "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGKILL");
  }

  stop(): Promise<void> {
    return stopCluster(this.cluster);
  }

  /**
   * Copies it into a new directory while it works, and starts the copy as a replica that follows it. From then on a commit
   * is answered only when the replica has it. What keeps the log for the audit is copied too, so that the audit goes on there.
   */
  async replicate(dir: string): Promise<Server> {
    mkdirSync(dir, { mode: 0o755 });
    const data = dataDirectory(dir);
    const replica = new Server({ ...this.cluster, dir, data }, await freePort());
    const client = await this.connect();
    await client.query("select pg_create_physical_replication_slot($1, true)", [REPLICA]);
    await client.query("select pg_backup_start($1, true)", [REPLICA]);
    mkdirSync(data);
    for (const name of readdirSync(this.cluster.data)) if (!NOT_COPIED.has(name)) this.copy(name, data);
    const { rows } = await client.query<{ label: string }>(
      "select labelfile as label from pg_backup_stop(false)",
    );
    this.copy("pg_wal", data);
    execFileSync("rm", ["-rf", join(data, "pg_replslot", REPLICA)]);
    writeFileSync(join(data, "backup_label"), rows[0]!.label);
    writeFileSync(join(data, "standby.signal"), "");
    const address = `host=127.0.0.1 port=${this.port} user=postgres password=''${this.cluster.password}''`;
    appendFileSync(
      join(data, "postgresql.auto.conf"),
      `primary_conninfo = '${address} application_name=${REPLICA}'
       primary_slot_name = '${REPLICA}'
       hot_standby_feedback = on\n`,
    );
    this.give(data, "", "backup_label", "standby.signal");
    await replica.start();
    await client.query(`alter system set synchronous_standby_names = '${REPLICA}'`);
    await client.query("select pg_reload_conf()");
    const following = "select from pg_stat_replication where sync_state = 'sync' and replay_lsn is not null";
    while ((await client.query(following)).rowCount === 0) await sleep(50);
    await client.end();
    return replica;
  }

  /** Lets a replica take nothing more from its primary; the function that it returns, called after that has died, ends this. */
  async stall(): Promise<() => void> {
    const client = await this.connect();
    const { rows } = await client.query<{ pid: number }>("select pid from pg_stat_wal_receiver");
    await client.end();
    const { pid } = rows[0]!;
    process.kill(pid, "SIGSTOP");
    return () => {
      process.kill(pid, "SIGTERM"); // so that it does not even read what has arrived
      process.kill(pid, "SIGCONT");
    };
  }

  /** Makes a replica, whose primary is dead, a server that takes writes. */
  async promote(): Promise<void> {
    const client = await this.connect();
    await client.query("select pg_promote()");
    await client.end();
  }

  /** Copies a folder of its data, of which files may vanish meanwhile. */
  private copy(name: string, to: string): void {
    try {
      execFileSync("cp", ["-a", join(this.cluster.data, name), to], { stdio: "pipe", encoding: "utf8" });
    } catch (error) {
      const lines = (error as { stderr: string }).stderr.trim().split("\n");
      if (!lines.every((line) => line.includes("No such file"))) throw error;
    }
  }

  private give(data: string, ...names: string[]): void {
    chmodSync(data, 0o700);
    const { account } = this.cluster;
    if (account) for (const name of names) chownSync(join(data, name), account.uid, account.gid);
  }
}
