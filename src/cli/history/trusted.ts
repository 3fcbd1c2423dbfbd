import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { historySigner, isSealed } from "../../compose/sealer";
import { ConfigError, type Config } from "../../config";
import { readKey } from "../../proof/check-proof";
import { readKept } from "../../proof/notes/kept";
import type { KeptCheckpoint } from "../../proof/sealed/trusted";
import { readText } from "./read-text";

/** The verification key that `--key` names, or else that of this installation. Throws ConfigError where there is none. */
export function keyOf(given: string | undefined, config: Config): string {
  if (given !== undefined) {
    assertKey("--key", given);
    return given;
  }
  if (!isSealed(config))
    throw new ConfigError("--key: must be given, as HISTORY_SIGNING_KEY_FILE is not set");
  return historySigner(config).vkey;
}

/** Throws ConfigError where what an option gives is no verification key. */
export function assertKey(option: string, vkey: string): void {
  try {
    readKey(vkey);
  } catch (error) {
    throw new ConfigError(`${option}: ${(error as Error).message}`);
  }
}

/**
 * The checkpoints in a file of the history of a key, where they stand one after the other. Throws ConfigError where there is
 * none, and tells of pieces that are no whole checkpoint.
 */
export function checkpointsIn(path: string, vkey: string): KeptCheckpoint[] {
  const { notes, torn } = readKept(readText(path), readKey(vkey).name);
  if (notes.length === 0) throw new ConfigError(`${path}: holds no checkpoint`);
  if (torn > 0)
    process.stderr.write(
      `${path}: ${torn} piece(s) are no whole checkpoint, as a full disk leaves them, and are not compared.\n`,
    );
  return notes.map((note) => ({ where: path, note }));
}

/**
 * The checkpoints in the files that HISTORY_WITNESSES names, as far as they are on this machine. Throws ConfigError where
 * one holds none.
 */
export function checkpointsOfSettings({ history }: Config, vkey: string): KeptCheckpoint[] {
  const files = history.witnesses.filter((address) => address.startsWith("file:"));
  return files.flatMap((address) => {
    const path = fileURLToPath(address);
    if (existsSync(path)) return checkpointsIn(path, vkey);
    process.stderr.write(`HISTORY_WITNESSES: ${path} is not on this machine, so it is not compared.\n`);
    return [];
  });
}
