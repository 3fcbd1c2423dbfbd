import { spawnSync } from "node:child_process";

/** Whether a server listens on a port of this machine. Where none does, one line says that the tests with it are skipped. */
export function isServerThere(name: string, port: number): boolean {
  const connect = `require("node:net").connect(${port}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))`;
  const isThere = spawnSync(process.execPath, ["-e", connect], { timeout: 5_000 }).status === 0;
  if (!isThere)
    process.stderr.write(`No ${name} runs at 127.0.0.1:${port}: the tests that need it are skipped.\n`);
  return isThere;
}
