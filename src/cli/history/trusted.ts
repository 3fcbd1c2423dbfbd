import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { historySigner, isSealed } from "../../compose/sealer";
import { ConfigError, type Config } from "../../config";
import type { KeptCheckpoint } from "../../proof/sealed/trusted";
import { readText } from "./read-text";

/** The verification key of the history of this installation. Throws ConfigError where it has none. */
export function ownKey(config: Config): string {
  if (!isSealed(config))
    throw new ConfigError("--key: must be given, as HISTORY_SIGNING_KEY_FILE is not set");
  return historySigner(config).vkey;
}

/** The checkpoints in a file, where they stand one after the other. Throws ConfigError where there is none. */
export function checkpointsIn(path: string): KeptCheckpoint[] {
  const notes = readText(path).match(/(?:.+\n)+\n(?:— .+\n)+/g) ?? [];
  if (notes.length === 0) throw new ConfigError(`${path}: holds no checkpoint`);
  return notes.map((note) => ({ where: path, note }));
}

/**
 * The checkpoints in the files that HISTORY_WITNESSES names, as far as they are on this machine. Throws ConfigError where
 * one holds none.
 */
export function checkpointsOfSettings({ history }: Config): KeptCheckpoint[] {
  const files = history.witnesses.filter((address) => address.startsWith("file:"));
  return files.flatMap((address) => {
    const path = fileURLToPath(address);
    if (existsSync(path)) return checkpointsIn(path);
    process.stderr.write(`HISTORY_WITNESSES: ${path} is not on this machine, so it is not compared.\n`);
    return [];
  });
}
