import type { DataSource } from "typeorm";
import { systemCommand } from "../../use-cases/system-command";
import type { Source } from "../sources/source";
import { STAGING } from "../staging/names";
import { load, type OnProgress } from "./load";
import { refuseEmptied } from "./refuse-emptied";
import type { Report } from "./report";
import { importAlone, type Session } from "./session";
import { storeStaged, type OnNotes } from "./store-staged";

/** An import of all that a source has. */
export interface Import {
  db: DataSource;
  source: Source;
  /** Whether everything is done and then undone. */
  isDryRun: boolean;
  /** Whether more than half of the entitlements may have been deleted in the LMS. */
  acceptsDeletions: boolean;
  onProgress: OnProgress;
  /** Is given each note on a row. */
  onNotes: OnNotes;
  /** Is told that an interrupted import of the source goes on, with what was read as of an instant. */
  onResume: (asOf: Date) => void;
}

/**
 * Imports a source: everything is read, and what is new or has changed since it was last imported is stored. Rows that were
 * changed here since stay as they are. Doing it again changes nothing. After an interruption it goes on where it stopped.
 */
export const importFromOpenEdx = systemCommand(
  "importFromOpenEdx",
  async (
    sign,
    { db, source, isDryRun, acceptsDeletions, onProgress, onNotes, onResume }: Import,
  ): Promise<Report> =>
    importAlone(db, sign("IMPORT", null), isDryRun, async (session) => {
      const staged = isDryRun ? null : await stagedAsOf(session, source);
      if (staged) onResume(staged);
      else await load(session, source, onProgress);
      if (!acceptsDeletions) await session.run(refuseEmptied);
      return storeStaged(session, true, { onProgress, onNotes });
    }),
);

/** The instant of what an interrupted import has read wholly of the same source; null where there is none. */
async function stagedAsOf(session: Session, source: Source): Promise<Date | null> {
  return session.run(async (tx) => {
    const [{ exists }] = await tx.query<[{ exists: boolean }]>(
      // Earlier versions did not note which instant was given.
      `select exists (select from information_schema.columns where table_schema = '${STAGING}'
         and table_name = 'import' and column_name = 'given_as_of')`,
    );
    if (!exists) return null;
    const [row] = await tx.query<{ asOf: Date; isWhole: boolean }[]>(
      `select as_of as "asOf", is_loaded and not is_partial and exists (select from ${STAGING}.entitlements_courseentitlement) as "isWhole"
       from ${STAGING}.import
       where source = $1 and ($2 or given_as_of = $3::text)`,
      [source.name, source.isDatabase, source.asOf],
    );
    return row?.isWhole ? row.asOf : null;
  });
}
