import type { DataSource } from "typeorm";
import type { Database } from "../../store/statement";
import { leafHash } from "../check-proof";
import { append, rootOf, type Edge } from "../tree/edge";
import { endOfPart, EntryTexts, subjectsOf, type SealedEntry } from "./entry-texts";
import { leafText } from "../tree/leaf";
import { signCheckpoint, type Signer } from "../notes/signer";
import { makeKeys, type SubjectKeys } from "./subject-keys";
import { readEdge, writeTiles } from "./tile-store";

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
  private edge: Edge | undefined;
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
      this.edge = undefined;
      throw error;
    }
  }

  private async round(tx: Database): Promise<Sealing> {
    const [{ isOurs }] = await tx.query<[{ isOurs: boolean }]>(
      `select pg_try_advisory_xact_lock(${LOCK}) as "isOurs"`,
    );
    const place = isOurs && (await placeOf(tx)); // seen after the lock: another process may have sealed until then
    if (!place || isDone(place)) return NOTHING;
    const { size, settled } = place;
    const until = await endOfPart(tx, size, SEALED_AT_ONCE);
    if (!until) throw new Error(`history has no entry at position ${size}`);
    const entries = await (await EntryTexts.of(tx)).read(tx, size, until.size);
    if (entries.length !== until.size - size)
      throw new Error(`history has ${entries.length} entries for positions ${size} to ${until.size - 1}`);
    const keys = await makeKeys(
      tx,
      new Set(entries.flatMap((entry) => subjectsOf(entry).map(([, id]) => id))),
    );
    const before = this.edge?.size === size ? this.edge : await readEdge(tx, size);
    const { edge, tiles } = append(
      before,
      entries.map((entry) => leafHash(textOf(entry, keys))),
    );
    await writeTiles(tx, tiles);
    await tx.query("insert into history_checkpoint (size, at, note) values ($1, $2, $3)", [
      edge.size,
      until.at,
      signCheckpoint(this.signer, { size: edge.size, root: rootOf(edge) }),
    ]);
    this.edge = edge;
    return { sealed: entries.length, hasMore: edge.size < settled };
  }
}

const NOTHING: Sealing = { sealed: 0, hasMore: false };

/** How much is sealed, and how much could be. */
async function placeOf(db: Database): Promise<{ size: number; settled: number }> {
  const [place] = await db.query<[{ size: number; settled: number }]>(
    `select coalesce((select max(size) from history_checkpoint), 0)::float8 as size,
       coalesce((select first_position + entries from history_transaction order by first_position desc limit 1), 0)::float8 as settled`,
  );
  return place;
}

const isDone = ({ size, settled }: { size: number; settled: number }) => size >= settled;

/** The text of an entry that is sealed. Throws when the key of an account is missing. */
export function textOf(entry: SealedEntry, keys: SubjectKeys): string {
  const hidden = subjectsOf(entry).map(([column, userId]) => {
    const key = keys.get(userId);
    if (!key) throw new Error(`the key of an account in entry ${entry.historyId} is missing`);
    return [column, key] as const;
  });
  return leafText(entry.historyId, entry.values, Object.fromEntries(hidden), entry.erased);
}
