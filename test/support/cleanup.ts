import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../src/postgres/postmaster";

const TRIES = 100;
const cleaners: ChildProcess[] = [];

/**
 * Stops every PostgreSQL in `dir` and removes `dir` as soon as this process ends, even by `kill -9`: a process of its
 * own waits at the other end of a pipe.
 */
export function removeWhenThisProcessEnds(dir: string): void {
  const child = spawn(process.execPath, [__filename, dir], {
    detached: true, // Ctrl-C is not meant for it
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  cleaners.push(child);
}

/** Does the cleanup now, and waits for it, instead of at the end of this process. */
export async function removeNow(): Promise<void> {
  await Promise.all(
    cleaners.splice(0).map((child) => {
      child.ref();
      child.stdin!.end();
      return once(child, "exit");
    }),
  );
}

async function cleanUp(dir: string): Promise<void> {
  for (let tries = 0; tries < TRIES && existsSync(dir); tries++) {
    try {
      for (const file of readdirSync(dir, { recursive: true, encoding: "utf8" }))
        if (file.endsWith("postmaster.pid"))
          await kill(Number(readFileSync(join(dir, file), "utf8").split("\n")[0]));
      rmSync(dir, { recursive: true, force: true });
    } catch {
      await sleep(50); // something was still being written there
    }
  }
}

async function kill(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGQUIT");
  for (let tries = 0; tries < TRIES && isAlive(pid); tries++) await sleep(20);
}

if (require.main === module) process.stdin.resume().once("close", () => void cleanUp(process.argv[2]!));
