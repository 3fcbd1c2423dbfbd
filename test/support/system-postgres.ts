import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

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

/** Starts it, empty, with a superuser `postgres` that needs no password, and with further settings. */
export async function startSystemPostgres(
  binaries: string,
  settings: Record<string, string> = {},
): Promise<SystemPostgres> {
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-system-"));
  const account = process.getuid?.() === 0 ? idsOf("postgres") : undefined; // it refuses to run as root
  if (account) chownSync(dir, account.uid, account.gid);
  const data = join(dir, "data");
  const initdb = ["--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"];
  execFileSync(join(binaries, "initdb"), initdb, { ...account, cwd: dir, stdio: "ignore" });
  const port = await freePort();
  const given = Object.entries({ fsync: "off", ...settings }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const server = spawn(join(binaries, "postgres"), ["-D", data, "-p", String(port), "-k", dir, ...given], {
    ...account,
    cwd: dir,
    stdio: "ignore",
  });
  const isReady = () =>
    spawnSync(join(binaries, "psql"), [
      "-h",
      "127.0.0.1",
      "-p",
      String(port),
      "-U",
      "postgres",
      "-c",
      "select 1",
    ]).status === 0;
  for (let tries = 0; !isReady(); tries++) {
    if (tries > 200 || server.exitCode !== null) throw new Error("the system's PostgreSQL does not start");
    await sleep(50);
  }
  return {
    port,
    async stop() {
      server.kill("SIGINT");
      while (server.exitCode === null && server.signalCode === null) await sleep(10);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function idsOf(name: string): { uid: number; gid: number } {
  const id = (which: string) => Number(execFileSync("id", [which, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
