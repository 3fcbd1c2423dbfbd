import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A bug that a harness must find, which proves that the harness works. */
export interface PlantedBug {
  name: string;
  /** In compiled files under `src`: what is replaced by what. */
  edits: [file: string, from: string, to: string][];
}

/** What a server needs. */
const SERVER = ["ormconfig.js", "migrations", "src"];

/**
 * Compiles the product with a bug into a folder of its own, with other compiled folders beside it. Returns the path of the
 * folder, and a function that removes it.
 */
export function plant(
  { name, edits }: PlantedBug,
  others: readonly string[] = [],
): { folder: string; remove: () => void } {
  const folder = join("dist", "bugs", `${process.pid}-${name.replaceAll(/\W+/g, "-")}`);
  for (const part of [...SERVER, ...others])
    cpSync(join("dist", part), join(folder, part), { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(folder, "src", file);
    const source = readFileSync(path, "utf8");
    if (!source.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, source.replace(from, to));
  }
  return { folder: resolve(folder), remove: () => rmSync(folder, { recursive: true }) };
}
