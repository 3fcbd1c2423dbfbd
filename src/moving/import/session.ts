import type { DataSource, EntityManager } from "typeorm";
import { transact, type Change } from "../../store/transact";

/** How an import writes: in many transactions, or, as a dry run, in one that is undone. */
export interface Session {
  /** How many transactions may be open at the same time. */
  breadth: number;
  run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
}

/** Any number, as long as nothing else that shares the database takes it. */
const IMPORT_LOCK = 1_795_305_601;
const BREADTH = 2;

/** Another import writes to the same database. */
export class ImportIsRunning extends Error {}

/**
 * Does the work of an import while no other one can. What reads history in the order of its ids waits meanwhile, as it does
 * for any transaction that may still bring entries: an import takes their ids long before it stores them.
 */
export async function importAlone<T>(
  db: DataSource,
  change: Change,
  isDryRun: boolean,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const guard = db.createQueryRunner();
  await guard.startTransaction();
  try {
    const [{ isFree }] = (await guard.query('select pg_try_advisory_xact_lock($1) as "isFree"', [
      IMPORT_LOCK,
    ])) as [{ isFree: boolean }];
    if (!isFree) throw new ImportIsRunning("Another import into this database is running");
    await guard.query("lock table historical_course_entitlement in row exclusive mode");
    return await (isDryRun
      ? undone(db, change, work)
      : work({ breadth: BREADTH, run: (each) => transact(db, change, each) }));
  } finally {
    if (guard.isTransactionActive) await guard.rollbackTransaction();
    await guard.release();
  }
}

async function undone<T>(db: DataSource, change: Change, work: (session: Session) => Promise<T>): Promise<T> {
  const undo = new Error("A dry run is undone");
  let result: T;
  try {
    return await transact(db, change, async (tx) => {
      result = await work({ breadth: 1, run: (each) => each(tx) });
      await tx.query("set constraints all immediate");
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
    return result!;
  }
}
