import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { systemCommand } from "../../use-cases/system-command";
import { load } from "../import/load";
import type { Report } from "../import/report";
import { importAlone } from "../import/session";
import { storeStaged, type OnNotes } from "../import/store-staged";
import type { Source } from "../sources/source";
import type { Watch } from "../sources/watch-mysql";
import { TOUCHED_TABLES, wantedBy } from "./changes";
import { Positions } from "./positions";

/** How an LMS is followed. */
export interface Following {
  db: DataSource;
  /** Its name, as its imports have it. */
  name: string;
  /** Opens a new snapshot of the LMS. */
  open: () => Promise<Source>;
  /** What it has recorded lately. */
  watch: Watch;
  /** Imports all of the LMS: changes that its history has missed are found only so. */
  importAll: () => Promise<void>;
  onNotes: OnNotes;
  /** Is told of each import of changes. */
  onImport: (report: Report) => void;
  /** Is told of the instant of the LMS as of which everything is imported. */
  onPosition: (asOf: string) => void;
  /** Ends it, after what it is doing. */
  signal: AbortSignal;
  /** The pause between two looks. */
  everyMs: number;
  /** The time from one import of everything to the next. */
  everythingEveryMs: number;
}

/**
 * Follows an LMS until the signal comes: what its history has recorded is imported at once, and everything from time to
 * time. Begins with everything. Rejects with a SourceFault when the LMS cannot be reached.
 */
export const followOpenEdx = systemCommand(
  "followOpenEdx",
  async (sign, following: Following): Promise<void> => {
    const { db, name, watch, signal, everyMs, everythingEveryMs, importAll, onPosition } = following;
    const positions = new Positions();
    let everythingAt = 0;
    while (!signal.aborted) {
      if (Date.now() >= everythingAt) {
        await importAll();
        everythingAt = Date.now() + everythingEveryMs;
      }
      const asOf = await watch.now();
      const touched = await positions.touched(watch);
      if (touched.some(({ ids }) => ids.length > 0)) {
        await importAlone(db, sign("IMPORT", null), false, async (session) => {
          const source = await following.open();
          try {
            await load(session, source, () => {}, {
              tables: TOUCHED_TABLES,
              wanted: wantedBy(session, touched),
            });
          } finally {
            await source.close();
          }
          following.onImport(
            await storeStaged(session, false, { onProgress: () => {}, onNotes: following.onNotes }),
          );
        });
      }
      positions.handled(touched);
      await db.query(
        "update import_source set as_of = $2::timestamp at time zone 'UTC', is_followed = true where name = $1",
        [name, asOf],
      );
      onPosition(asOf);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
    await db.query("update import_source set is_followed = false where name = $1", [name]);
  },
);
