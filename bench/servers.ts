import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TOKEN } from "./workloads";

/** A server process that takes requests. */
export interface BenchServer {
  name: "server" | "floor";
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** What opens the metrics of the measured server. */
export const METRICS_TOKEN = "the token of the bench";

const STARTS_WITHIN_MS = 30_000;

/** The settings of a server that is measured: the keys to trust, and no background work. */
export function serverSettings(databaseUrl: string, jwkSet: object): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: databaseUrl,
    JWT_JWK_SET: JSON.stringify(jwkSet),
    JWT_ISSUER: TOKEN.issuer,
    JWT_AUDIENCE: TOKEN.audience,
    HOST: "127.0.0.1",
    METRICS_TOKEN,
    SHUTDOWN_DELAY_MS: "0",
    JOBS: "off",
  };
}

/** Starts the compiled program as a process of its own and waits until it answers. */
export async function startServer(
  name: BenchServer["name"],
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<BenchServer> {
  const port = await freePort();
  const child = fork(join(__dirname, "..", program), {
    env: { ...process.env, ...env, PORT: String(port), NODE_ENV: "production" },
    execArgv: profilerOf(name),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with exit code ${child.exitCode}`);
    if (Date.now() > deadline)
      throw new Error(`${program} does not answer within ${STARTS_WITHIN_MS / 1000} s`);
    await sleep(50);
  }
  return { name, port, pid: child.pid!, stop: () => end(child) };
}

/** BENCH_PROFILE=server or =floor writes a CPU profile of that process into the working directory. */
function profilerOf(name: string): string[] {
  return process.env["BENCH_PROFILE"] === name ? ["--cpu-prof"] : [];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.ok ?? false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
