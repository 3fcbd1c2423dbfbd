import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** A program in a process of its own, as an operator runs it. */
export interface Program {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves to the exit status, or null after a signal that was not handled. */
  exited: Promise<number | null>;
}

const STARTS_WITHIN_MS = 60_000;
const running = new Set<ChildProcess>();

/** Ends the programs that a failed test left running. */
export function killLeftovers(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Runs a compiled file with the given settings and none of this process's own. */
export function run(
  file: string,
  env: Record<string, string>,
  args: string[] = [],
  options: { uid?: number; gid?: number; cwd?: string } = {},
): Program {
  const child = spawn(process.execPath, [file, ...args], {
    ...options,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child.once("exit", () => running.delete(child)));
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
  const exited = once(child, "close").then(([status]) => status as number | null);
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, exited };
}

/** Runs a program to its end. */
export async function runToEnd(file: string, env: Record<string, string>, args: string[] = []) {
  const program = run(file, env, args);
  const status = await program.exited;
  return { status, stdout: program.stdout(), stderr: program.stderr() };
}

/** Waits until a program has said something; rejects with what it said on stderr when it ends before. */
export async function said(
  program: Program,
  what: RegExp,
  where: "stdout" | "stderr" = "stderr",
): Promise<RegExpExecArray> {
  for (const deadline = Date.now() + STARTS_WITHIN_MS; ; await sleep(10)) {
    const found = what.exec(program[where]());
    if (found) return found;
    if (program.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`did not say ${String(what)}: ${program.stderr()}`);
  }
}

/** The server of `npm start`, on a free port. */
export interface ServerProcess extends Program {
  url: string;
}

/** Starts a development server, and waits until it listens. */
export async function startServerProcess(env: Record<string, string>): Promise<ServerProcess> {
  const program = run("dist/src/main.js", { PORT: "0", ...env });
  const [, url] = await said(program, /GraphQL +(http\S+)\/graphql/);
  return { ...program, url: url! };
}
