import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, listens } from "./ports";

/** A pooler between a test and its database. */
export interface Pooler {
  url: string;
  stop(): Promise<void>;
}

/** Whether this machine has pgbouncer. Where it has not, the tests that need it say so and are skipped. */
export const hasPgbouncer = spawnSync("pgbouncer", ["--version"]).status === 0;

/** Starts pgbouncer in front of the database of a URL, on a free port. */
export async function startPgbouncer(databaseUrl: string, mode: "session" | "transaction"): Promise<Pooler> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const dir = mkdtempSync(join(tmpdir(), "course-entitlements-pgbouncer-"));
  const own = await freePort();
  writeFileSync(join(dir, "users"), `"${username}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    join(dir, "ini"),
    `[databases]
     ${pathname.slice(1)} = host=${hostname} port=${port}
     [pgbouncer]
     listen_addr = 127.0.0.1
     listen_port = ${own}
     unix_socket_dir =
     auth_type = trust
     auth_file = ${join(dir, "users")}
     pool_mode = ${mode}
     logfile = ${join(dir, "log")}
    `.replaceAll(/^ +/gm, ""),
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [dir, join(dir, "users"), join(dir, "ini")]) chmodSync(path, 0o777);
  const child = spawn("pgbouncer", [...(isRoot ? ["--user=nobody"] : []), join(dir, "ini")], {
    stdio: "ignore",
  });
  const url = Object.assign(new URL(databaseUrl), { port: String(own) }).href;
  for (let tries = 0; !(await listens(own)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error("pgbouncer does not start");
    await sleep(50);
  }
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      while (child.exitCode === null && child.signalCode === null) await sleep(10);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
