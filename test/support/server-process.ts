import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
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
/** What runs, and where signals for it go: to the process, or to all that it has started as well. */
const running = new Map<ChildProcess, number>();

/** Ends the programs that a failed test left running. */
export function killLeftovers(): void {
  for (const [child, pid] of running) if (pid < 0 || child.exitCode === null) process.kill(pid, "SIGKILL");
}

/** How a program is run. */
interface Options {
  uid?: number;
  gid?: number;
  cwd?: string;
  detached?: boolean;
}

/** Runs a compiled file with the given settings and none of this process's own. */
export function run(
  file: string,
  env: Record<string, string>,
  args: string[] = [],
  options: Options = {},
): Program {
  return runCommand([process.execPath, file, ...args], env, options);
}

/** Runs a line of the shell. */
export function runLine(line: string, env: Record<string, string>, options: Options = {}): Program {
  return runCommand(["sh", "-c", line], env, options);
}

/** Runs a script of `package.json` with npm itself. It has exited when all that it has started has. */
export function runScript(name: string, env: Record<string, string>, args: string[] = []): Program {
  return runCommand(
    ["npm", "run", "--silent", name, "--", ...args],
    { HOME: tmpdir(), ...env },
    { detached: true },
  );
}

function runCommand([file, ...args]: string[], env: Record<string, string>, options: Options = {}): Program {
  const child = spawn(file!, args, {
    ...options,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.set(child, options.detached ? -child.pid! : child.pid!);
  child.once(options.detached ? "close" : "exit", () => running.delete(child));
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
