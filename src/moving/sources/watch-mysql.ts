import { openMysqlConnection } from "./mysql-connection";
import type { SourceTable } from "../tables/source-table";

/** An entry that the LMS has recorded. */
export interface RecordedEntry {
  /** Its id in the history of the LMS. */
  historyId: number;
  /** The id of its row. */
  id: string;
}

/** Looks at what an LMS has recorded lately. */
export interface Watch {
  /** The instant there now, in UTC, as `2026-01-31 12:00:00.000000`. */
  now(): Promise<string>;
  /** The newest id of a history table; 0 when it is empty. */
  newest(table: SourceTable): Promise<number>;
  /** The entries of a history table after an id. */
  entriesAfter(table: SourceTable, historyId: number): Promise<RecordedEntry[]>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** Watches the database of a URL; every question is answered as of then. Throws a SourceFault. */
export async function watchMysql(from: string, password: string | undefined): Promise<Watch> {
  const db = await openMysqlConnection(from, password);
  return {
    async now() {
      const [[instant]] = (await db.ask("select utc_timestamp(6)")) as [[string]];
      return instant;
    },
    async newest({ name }) {
      const [[newest]] = (await db.ask(`select coalesce(max(history_id), 0) from \`${name}\``)) as [
        [number | string],
      ];
      return Number(newest);
    },
    async entriesAfter({ name }, historyId) {
      const rows = await db.ask(
        `select history_id, id from \`${name}\` where history_id > ${historyId} order by history_id limit ${ENTRIES_AT_ONCE}`,
      );
      return (rows as [number, number][]).map(([newer, id]) => ({ historyId: newer, id: String(id) }));
    },
    close: db.close,
  };
}

/** How many entries are looked at, at once; what follows is found by the next look. */
const ENTRIES_AT_ONCE = 10_000;
