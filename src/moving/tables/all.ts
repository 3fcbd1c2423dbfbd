import { LMS_TABLES, type SourceTable } from "./source-table";
import { TRACKED_TABLES } from "./tracked-tables";

/** Every table of Open edX that an import reads, those with the most rows last. */
export const ALL_TABLES: readonly SourceTable[] = [
  ...Object.values(LMS_TABLES),
  ...TRACKED_TABLES.flatMap(({ live, past }) => (past ? [live, past] : [live])),
];
