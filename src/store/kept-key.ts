import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { KeyObject } from "node:crypto";

/**
 * The private key in a file, in PEM. Where there is no file, one is made, which only its owner may read; of several
 * processes at once, all take the key of the first.
 */
export function keptKey(path: string, make: () => KeyObject): string {
  const known = readIfThere(path);
  if (known !== undefined) return known;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  const pem = make().export({ type: "pkcs8", format: "pem" });
  writeFileSync(draft, pem, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path); // fails when another process was first
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, "utf8");
}

/** What is in a file; undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
