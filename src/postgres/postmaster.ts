import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const HALF_WRITTEN_AT_MOST_MS = 5_000;

/**
 * The port of the PostgreSQL that runs on a data directory; undefined when none runs, 0 when its port is not known yet.
 * The pid file of a dead PostgreSQL is removed when another program has its process id, because PostgreSQL would take
 * that program for a running server.
 */
export function runningPort(data: string): number | undefined {
  const file = join(data, "postmaster.pid");
  try {
    const [pid, , , port] = readFileSync(file, "utf8").split("\n").map(Number);
    if (pid && !isAlive(pid)) return undefined;
    if (pid ? isPostmaster(pid, data) : Date.now() - statSync(file).mtimeMs < HALF_WRITTEN_AT_MOST_MS)
      return port || 0;
    rmSync(file, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return undefined;
}

/** Whether a process of any account has this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function isPostmaster(pid: number, data: string): boolean {
  if (process.platform === "win32") return true; // Windows reuses process ids only much later
  const command =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
      : execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return command.includes(data);
}
