import { flag, listOf, readableFile, textLike } from "../setting-kinds";

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
    /^(file:\/.+|https?:\/\/[^#]+#[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2})$/,
    "addresses like file:/path and https://host/#KEY",
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
