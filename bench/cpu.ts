import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Processor time so far, in microseconds, as the operating system counts it. */
export interface CpuTimes {
  server: number;
  postgres: number;
}

const isAccounted = process.platform === "linux";
const TICK_US = isAccounted
  ? 1_000_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }))
  : NaN;

/** What a server and all of PostgreSQL have used; NaN where the system has no /proc. */
export function cpuTimes(serverPid: number, postmasterPid: number): CpuTimes {
  if (!isAccounted) return { server: NaN, postgres: NaN };
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(stat);
  const sum = (ticks: (number | undefined)[]) =>
    ticks.reduce<number>((all, own) => all + (own ?? 0), 0) * TICK_US;
  return {
    server: sum(processes.filter((found) => found?.pid === serverPid).map((found) => found?.own)),
    postgres: sum(
      processes.map((found) => {
        if (found?.pid === postmasterPid) return found.own + found.reaped;
        return found?.parent === postmasterPid ? found.own : 0;
      }),
    ),
  };
}

/** Reads a line of /proc/<pid>/stat; undefined when the process has just gone. */
function stat(pid: string) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; what follows it begins with the third field.
    const fields = line
      .slice(line.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const at = (field: number) => fields[field - 3]!;
    return { pid: Number(pid), parent: at(4), own: at(14) + at(15), reaped: at(16) + at(17) };
  } catch {
    return undefined;
  }
}
