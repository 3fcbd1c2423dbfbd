import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { ConfigError, type Config } from "../config";
import { Sealer } from "../proof/sealed/sealer";
import { keyIn, signerOf, type Signer } from "../proof/notes/signer";

/** The name of a history that is sealed with a key of development. */
const DEVELOPMENT = "development";

/** What seals the history; null where no key is set in production. Throws ConfigError when the key cannot be used. */
export function composeSealer(config: Config, db: DataSource): Sealer | null {
  if (!isSealed(config)) return null;
  // The key of development is made only where something is sealed.
  const given = config.history.keyFile === undefined ? undefined : historySigner(config);
  return new Sealer(db, () => given ?? historySigner(config));
}

/** What keeps the history of a production server from being proven, in words; null when nothing does. */
export function sealingGap({ isProduction, history }: Config): string | null {
  if (!isProduction) return null;
  if (history.keyFile === undefined)
    return "the history is not sealed: set HISTORY_SIGNING_KEY_FILE and HISTORY_ORIGIN";
  if (history.witnesses.length > 0) return null;
  return "the checkpoints of the history are kept nowhere else: set HISTORY_WITNESSES";
}

/** Whether this server seals the history. */
export function isSealed({ isProduction, history }: Config): boolean {
  return history.keyFile !== undefined || !isProduction;
}

/** What signs the checkpoints of the history. Throws ConfigError when the key cannot be used. */
export function historySigner({
  history: { keyFile, origin },
  dataDir,
}: Pick<Config, "history" | "dataDir">): Signer {
  try {
    const pem =
      keyFile === undefined ? keyIn(join(dataDir, "history-key.pem")) : readFileSync(keyFile, "utf8");
    return signerOf(origin ?? DEVELOPMENT, pem);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`HISTORY_SIGNING_KEY_FILE: cannot be used (${code ?? message})`);
  }
}
