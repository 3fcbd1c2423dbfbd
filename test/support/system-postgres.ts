import { execFile, execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startCluster, stopCluster, type Cluster } from "../../src/postgres/cluster";
import { dataDirectory } from "../../src/postgres/installation";
import { runningPort } from "../../src/postgres/postmaster";

const execute = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";
const NEEDED = ["initdb", "postgres", "psql", "pg_dump", "pg_restore"];

/** The folder with the programs of the newest PostgreSQL that the system has installed with all its tools. */
export const SYSTEM_BINARIES = (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
  .toSorted((one, other) => Number(other) - Number(one))
  .map((version) => join(DEBIAN, version, "bin"))
  .find((folder) => NEEDED.every((name) => existsSync(join(folder, name))));

/** A PostgreSQL of the system's own version, for what the embedded one has no tools for. */
export interface SystemPostgres {
  port: number;
  stop(): Promise<void>;
}

/** Starts it, empty, with a superuser `postgres` that needs no password. */
export async function startSystemPostgres(binaries: string): Promise<SystemPostgres> {
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-system-"));
  const cluster = prepareSystemCluster(binaries, dir);
  await startCluster(cluster, { fsync: "off" });
  return {
    port: runningPort(cluster.data)!,
    async stop() {
      await stopCluster(cluster);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Creates its data in a directory, with a superuser `postgres` that needs no password. */
export function prepareSystemCluster(binaries: string, dir: string): Cluster {
  const account = process.getuid?.() === 0 ? idsOf("postgres") : undefined; // it refuses to run as root
  mkdirSync(dir, { recursive: true });
  if (account) chownSync(dir, account.uid, account.gid);
  const data = dataDirectory(dir);
  const initdb = ["--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"];
  execFileSync(join(binaries, "initdb"), initdb, { ...account, cwd: dir, stdio: "ignore" });
  return { native: dirname(binaries), dir, account, notice: undefined, data, password: "" };
}

/** Dumps a database into a file, in the format that only pg_restore reads. */
export async function dump(binaries: string, url: string, file: string): Promise<void> {
  await execute(join(binaries, "pg_dump"), ["--format=custom", `--file=${file}`, url]);
}

/** Restores a dump into an empty database. */
export async function restore(binaries: string, file: string, url: string): Promise<void> {
  await execute(join(binaries, "pg_restore"), ["--exit-on-error", `--dbname=${url}`, file]);
}

function idsOf(name: string): { uid: number; gid: number } {
  const id = (which: string) => Number(execFileSync("id", [which, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
