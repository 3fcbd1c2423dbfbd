import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { dataDirectory, type Installation } from "./installation";
import { isAlive, runningPort } from "./postmaster";

const execute = promisify(execFile);

/** Settings that make the embedded PostgreSQL reachable only from this machine, with UTC as its time zone. */
const SETTINGS = { listen_addresses: "127.0.0.1", unix_socket_directories: "", TimeZone: "UTC" };

/** A data directory and the password of its superuser. */
export interface Cluster extends Installation {
  /** The folder of the cluster's data. */
  data: string;
  password: string;
}

/** Creates the data directory unless it exists. It is created atomically, also when several processes do so. */
export async function prepareCluster(installation: Installation): Promise<Cluster> {
  const { dir } = installation;
  const password = readOrChoosePassword(installation);
  const cluster = { ...installation, data: dataDirectory(dir), password };
  if (existsSync(cluster.data)) return cluster;
  removeDrafts(dir);
  const draft = join(dir, `initdb.${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  give(draft, installation);
  await initialize(draft, installation);
  try {
    renameSync(draft, cluster.data);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(cluster.data)) throw error; // otherwise another start was faster
  }
  return cluster;
}

/** Starts PostgreSQL on a free port and waits until it accepts connections; rejects with the reason from its log. */
export async function startCluster(cluster: Cluster, settings: Record<string, string>): Promise<void> {
  const given = Object.entries({ ...SETTINGS, port: String(await freePort()), ...settings });
  const options = given.map(([name, value]) => `-c ${name}=${value}`).join(" ");
  const log = join(cluster.data, "server.log");
  rmSync(log, { force: true });
  try {
    await pgCtl(cluster, ["start", "-w", "-s", "-l", log, "-o", options]);
  } catch (error) {
    const fatal = existsSync(log) ? readFileSync(log, "utf8").match(/^.*FATAL: .*$/m)?.[0] : undefined;
    throw fatal ? new Error(fatal.replace(/^.*FATAL: */, "")) : error;
  }
}

/** Stops PostgreSQL, which rolls back open transactions, and waits until it has ended. */
export async function stopCluster(cluster: Cluster): Promise<void> {
  for (const mode of ["fast", "immediate"])
    if (runningPort(cluster.data) !== undefined)
      await pgCtl(cluster, ["stop", "-w", "-s", "-m", mode, "-t", "10"]).catch(() => undefined);
}

async function initialize(data: string, { native, account, dir }: Installation): Promise<void> {
  await perform(join(native, "bin", "initdb"), account, [
    `--pgdata=${data}`,
    "--username=postgres",
    `--pwfile=${join(dir, "password")}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
  ]);
}

function pgCtl({ native, account, data }: Cluster, args: string[]): Promise<void> {
  return perform(join(native, "bin", "pg_ctl"), account, [...args, "-D", data]);
}

async function perform(file: string, account: Installation["account"], args: string[]): Promise<void> {
  const env = { LC_ALL: "C" }; // messages in English, and no variables that would influence PostgreSQL
  try {
    await execute(file, args, { ...account, env, cwd: "/" });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n")[0];
    throw said ? new Error(said, { cause: error }) : error;
  }
}

/** The file is created atomically with its content, so that two simultaneous starts use the same password. */
function readOrChoosePassword(installation: Installation): string {
  const file = join(installation.dir, "password");
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(24).toString("base64url"), { mode: 0o600 });
    give(draft, installation);
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, "utf8").trim();
}

/** Removes the drafts of first starts that were killed. */
function removeDrafts(dir: string): void {
  for (const name of readdirSync(dir)) {
    const pid = /^initdb\.(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(dir, name), { recursive: true, force: true });
  }
}

function give(path: string, { account }: Installation): void {
  if (account) chownSync(path, account.uid, account.gid);
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
