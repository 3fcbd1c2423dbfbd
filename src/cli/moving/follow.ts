import type { DataSource } from "typeorm";
import { followOpenEdx } from "../../moving/follow/follow";
import type { OnNotes } from "../../moving/import/store-staged";
import { openSource, type SourceOptions } from "../../moving/sources/open-source";
import { watchMysql } from "../../moving/sources/watch-mysql";
import { stopSignal } from "../program";
import { changesIn } from "./report-lines";

const EVERY_MS = 2_000;
const EVERYTHING_EVERY_MS = 3_600_000;
const TOLD_EVERY_MS = 60_000;

/** What is followed. */
export interface Followed {
  db: DataSource;
  /** Its name, as imports have it. */
  name: string;
  /** Its URL. */
  from: string;
  given: SourceOptions;
  /** Imports all of it. */
  importAll: () => Promise<void>;
  onNotes: OnNotes;
}

/** Follows an LMS until SIGTERM or SIGINT, and says how far behind it is: after each change, and once a minute. */
export async function follow({ db, name, from, given, importAll, onNotes }: Followed): Promise<void> {
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  const watch = await watchMysql(from, given.password);
  let toldAt = 0;
  let changes = "";
  try {
    await followOpenEdx({
      db,
      name,
      open: () => openSource(from, given),
      watch,
      importAll,
      onNotes,
      onImport: (report) => (changes = changesIn(report)),
      onPosition: (asOf) => {
        if (changes === "" && Date.now() - toldAt < TOLD_EVERY_MS) return;
        const behind = Math.max(0, Date.now() - Date.parse(`${asOf.replace(" ", "T")}Z`)) / 1000;
        process.stdout.write(`as of ${asOf}, ${behind.toFixed(1)} s ago${changes}\n`);
        [toldAt, changes] = [Date.now(), ""];
      },
      signal: stop.signal,
      everyMs: EVERY_MS,
      everythingEveryMs: EVERYTHING_EVERY_MS,
    });
  } finally {
    await watch.close();
  }
  process.stdout.write("Stopped.\n");
}
