import type { DataSource } from "typeorm";
import { readKey } from "../check-proof";
import { cosignedAt } from "../notes/cosignature";
import { readPaths } from "../sealed/tile-store";
import { consistencyPath } from "../tree/paths";
import { writeAddCheckpoint } from "./witness";

/** Who keeps checkpoints out of reach of those who could change the database. */
export interface Keeper {
  /** What messages call it: a path or an address. */
  name: string;
  /** Keeps a checkpoint. Null for one that only keeps, without looking at what it has kept before. */
  keep?: (note: string) => void;
  /** Asks a witness to cosign; the answer has a status and a text. */
  ask?: (body: string) => Promise<{ status: number; text: string }>;
  /** The verification key of a witness. */
  vkey?: string;
}

/** A witness has seen a history that this one does not continue: it was rolled back, changed or forked. */
class Contradiction extends Error {}

/** Why a keeper has not kept a checkpoint. */
export interface HandOutFailure {
  /** The name of the keeper. */
  keeper: string;
  /** The cause in words. */
  reason: string;
  /** Whether it has seen a history that this one does not continue. */
  isContradiction: boolean;
}

/** Hands each new checkpoint to all keepers. One that does not answer keeps no other from it, and is asked again. */
export class HandOut {
  /** The size of the last checkpoint that each keeper has kept. */
  private readonly kept = new Map<Keeper, number>();
  /** The keepers that have seen a history which this one does not continue, when they were asked last. */
  private readonly contradicting = new Set<Keeper>();
  private newest = 0;

  constructor(
    private readonly db: DataSource,
    private readonly keepers: readonly Keeper[],
  ) {}

  /** How many entries each keeper lacks, by its name. */
  get lags(): ReadonlyMap<string, number> {
    return new Map(this.keepers.map((keeper) => [keeper.name, this.newest - (this.kept.get(keeper) ?? 0)]));
  }

  /** Whether each keeper has seen a history which this one does not continue, by its name. */
  get contradictions(): ReadonlyMap<string, boolean> {
    return new Map(this.keepers.map((keeper) => [keeper.name, this.contradicting.has(keeper)]));
  }

  /** Hands out the newest checkpoint. Calls `onFailure` for each keeper that has not kept it. */
  async run(onFailure: (failure: HandOutFailure) => void): Promise<void> {
    if (this.keepers.length === 0) return;
    const [checkpoint] = await this.db.query<{ size: number; note: string }[]>(
      "select size::float8, note from history_checkpoint order by size desc limit 1",
    );
    if (!checkpoint) return;
    this.newest = checkpoint.size;
    const waiting = this.keepers.filter((keeper) => (this.kept.get(keeper) ?? 0) < checkpoint.size);
    for (const keeper of waiting)
      try {
        keeper.keep?.(checkpoint.note);
        if (keeper.ask) await this.cosigned(keeper, keeper.ask, checkpoint);
        this.kept.set(keeper, checkpoint.size);
        this.contradicting.delete(keeper);
      } catch (error) {
        const { message: reason } = error as Error;
        const isContradiction = error instanceof Contradiction;
        if (isContradiction) this.contradicting.add(keeper);
        onFailure({ keeper: keeper.name, reason, isContradiction });
      }
  }

  private async cosigned(
    keeper: Keeper,
    ask: NonNullable<Keeper["ask"]>,
    { size, note }: { size: number; note: string },
  ): Promise<void> {
    let old = this.kept.get(keeper) ?? 0;
    let answer = await ask(await this.request(old, size, note));
    if (answer.status === 409) {
      old = Number(answer.text);
      if (!(old <= size))
        throw new Contradiction(`it has seen ${answer.text.trim()} entries, and there are ${size}`);
      answer = await ask(await this.request(old, size, note));
    }
    if (answer.status === 409 || answer.status === 422)
      throw new Contradiction(`it has seen ${old} entries that are not the first ones of this history`);
    if (answer.status !== 200) throw new Error(`it has answered with the status ${answer.status}`);
    if (!cosignedAt(note + answer.text, keeper.vkey!))
      throw new Error("its cosignature is not one of its key");
    await this.db.query(
      "insert into history_cosignature (size, witness, line) values ($1, $2, $3) on conflict do nothing",
      [size, readKey(keeper.vkey!).name, answer.text],
    );
  }

  private async request(old: number, size: number, note: string): Promise<string> {
    const [path] = await readPaths(this.db, [consistencyPath(old, size)]);
    return writeAddCheckpoint({ old, path: path!, note });
  }
}
