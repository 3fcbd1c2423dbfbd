import type { EntityManager } from "typeorm";
import { postureFaults } from "../../proof/posture";
import { settledFaults } from "../../proof/settled";
import { brokenRows, type OnProgress } from "../../proof/verify";
import { startProgress } from "../progress";

/**
 * Prints each row that differs from its newest entry, and whatever would let changes bypass the history or is wrong with its
 * order. Returns how many faults there are.
 */
export async function printFaults(tx: EntityManager): Promise<number> {
  const start = Date.now();
  let progress: ReturnType<typeof startProgress> | undefined;
  let total = 0;
  const onProgress: OnProgress = (done, of) => {
    progress ??= startProgress(of, "history entries");
    progress(done);
    total = of;
  };
  let broken = 0;
  for await (const { table, id, fault } of brokenRows(tx, onProgress)) {
    process.stdout.write(`${table} ${id} ${fault}\n`);
    broken += 1;
  }
  const faults = [...(await postureFaults(tx)), ...(await settledFaults(tx))];
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${broken} broken rows; ${total} history entries read in ${seconds} s\n`);
  return broken + faults.length;
}
