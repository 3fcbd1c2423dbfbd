/** A checkpoint, where it was kept, and whether the history must have it. */
export interface KeptCheckpoint {
  /** What a fault calls it: the name of a file, or "the database". */
  where: string;
  /** The signed checkpoint. */
  note: string;
}

/** What a history is proven with, which nobody who can change the database can change. */
export interface Trusted {
  /** The verification key of the history. */
  vkey: string;
  /** Checkpoints that were kept elsewhere. */
  outside: readonly KeptCheckpoint[];
  /** The verification keys of its witnesses, as far as they are known. */
  witnesses: readonly string[];
}
