import type { DataSource } from "typeorm";
import type { Database } from "../../store/statement";
import { leafHash } from "../check-proof";
import type { GrowingTree } from "../tree/growing-tree";
import { EntryTexts, partFrom } from "./entry-texts";
import { accountsIn } from "./sealed-entry";
import { signCheckpoint, type Signer } from "../notes/signer";
import { makeKeys } from "./subject-keys";
import { readTree, writeTiles } from "./tile-store";

/** Entries that are sealed in one transaction at most; those of one transaction of writers are never parted. */
const SEALED_AT_ONCE = 20_000;
/** Any number, as long as nothing else that shares the database takes it. */
const LOCK = 1_795_341_600;

/** What sealing has done. */
export interface Sealing {
  /** How many entries it has sealed. */
  sealed: number;
  /** Whether there is more to seal. */
  hasMore: boolean;
}

/**
 * Seals settled entries: hashes them into the tree, and signs its root. Any number of processes may do so; one at a time
 * works. It reads what is committed and settled, and no writer waits for it.
 */
export class Sealer {
  /** How often this process could not seal. */
  failures = 0;
  /** What this process has sealed last: the checkpoint, and the tree that it tells of. */
  private last: { note: string; tree: GrowingTree } | undefined;
  private known: Signer | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly signerOf: () => Signer,
  ) {}

  /** What signs its checkpoints. */
  get signer(): Signer {
    return (this.known ??= this.signerOf());
  }

  /** Seals all that is settled by now. Returns how many entries. */
  async seal(): Promise<number> {
    for (let total = 0; ;) {
      const { sealed, hasMore } = await this.sealSome();
      total += sealed;
      if (!hasMore) return total;
    }
  }

  private async sealSome(): Promise<Sealing> {
    try {
      if (isDone(await placeOf(this.db))) return NOTHING;
      return await this.db.transaction((tx) => this.round(tx));
    } catch (error) {
      this.failures += 1;
      this.last = undefined;
      throw error;
    }
  }

  private async round(tx: Database): Promise<Sealing> {
    const [{ isOurs }] = await tx.query<[{ isOurs: boolean }]>(
      `select pg_try_advisory_xact_lock(${LOCK}) as "isOurs"`,
    );
    const place = isOurs && (await placeOf(tx)); // seen after the lock: another process may have sealed until then
    if (!place || isDone(place)) return NOTHING;
    const { size, note, settled } = place;
    const part = await partFrom(tx, size, SEALED_AT_ONCE);
    if (!part) throw new Error(`history has no entry at position ${size}`);
    const entries = await (await EntryTexts.of(tx)).read(tx, "history_txid", part.txids, part.ats);
    if (entries.length !== part.until - size)
      throw new Error(`history has ${entries.length} entries for positions ${size} to ${part.until - 1}`);
    const keys = await makeKeys(tx, accountsIn(entries));
    // The size alone would not do: after the failover to a standby that lacks a checkpoint, others seal other entries.
    const tree = note !== null && this.last?.note === note ? this.last.tree : await readTree(tx, size);
    for (const entry of entries) tree.append(leafHash(entry.textOf(keys)));
    await writeTiles(tx, tree.takeChanged());
    const sealed = signCheckpoint(this.signer, tree);
    await tx.query("insert into history_checkpoint (size, at, note) values ($1, $2, $3)", [
      tree.size,
      part.ats.at(-1),
      sealed,
    ]);
    this.last = { note: sealed, tree };
    return { sealed: entries.length, hasMore: tree.size < settled };
  }
}

const NOTHING: Sealing = { sealed: 0, hasMore: false };

interface Place {
  /** How much is sealed. */
  size: number;
  /** The newest checkpoint; null before there is one. */
  note: string | null;
  /** How much could be sealed. */
  settled: number;
}

async function placeOf(db: Database): Promise<Place> {
  const [place] = await db.query<[Place]>(
    `select coalesce(size, 0)::float8 as size, note,
       coalesce((select first_position + entries from history_transaction order by first_position desc limit 1), 0)::float8 as settled
     from (select 1) one left join (select size, note from history_checkpoint order by size desc limit 1) newest on true`,
  );
  return place;
}

const isDone = ({ size, settled }: Place) => size >= settled;
