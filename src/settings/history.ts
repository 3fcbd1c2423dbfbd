import { fileURLToPath } from "node:url";
import { readKey } from "../proof/check-proof";
import { ALGORITHMS } from "../proof/notes/signer";
import { addressFault } from "../rules/webhook-rules";
import { flag, listOf, readableFile, textLike } from "../setting-kinds";

/** Whether an address is that of a file, or of a witness with its verification key. */
function isKeeper(address: string): boolean {
  try {
    if (address.startsWith("file:")) return /^file:\/./.test(address) && fileURLToPath(address) !== "";
    const [url = "", key = "", ...more] = address.split("#");
    const isAddress = /^https?:\/\/[^/?][^?]*$/.test(url) && addressFault(url) === null;
    return isAddress && more.length === 0 && readKey(key).algorithm === ALGORITHMS.cosignature;
  } catch {
    return false;
  }
}

/** The settings of how the history is sealed. */
export const HISTORY_SETTINGS = {
  HISTORY_ORIGIN: textLike(
    /^[^\s+]{1,200}$/,
    "a name without blanks and +, such as entitlements.example.org/history",
  )
    .optional()
    .describe(
      "The name of this history, in each checkpoint. It goes together with `HISTORY_SIGNING_KEY_FILE`, and never changes.",
    ),
  HISTORY_SIGNING_KEY_FILE: readableFile
    .optional()
    .describe(
      "The file of the private key (Ed25519, PKCS #8 in PEM) that signs checkpoints of the history. Without it, history is not sealed in production; in development a key is made in `DATA_DIR`.",
    ),
  HISTORY_WITNESSES: listOf(
    { test: isKeeper },
    "addresses like file:/path and https://host/#KEY with the verification key of the witness",
  )
    .default([])
    .describe(
      "Who keeps the checkpoints of the history, out of reach of those who could change the database: files, and witnesses (C2SP `tlog-witness`) with their verification keys. See [docs/history.md](history.md).",
    ),
  HISTORY_PUBLIC: flag
    .default(false)
    .describe(
      "Whether everybody may read the checkpoint and the tiles of the history at `/history/`, which are hashes only. Otherwise staff and auditors may.",
    ),
};
