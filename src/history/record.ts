import type { EntityMetadata, QueryRunner } from "typeorm";
import { listOf, repeat } from "../store/statement";
import type { Change } from "../store/transact";

/** Rows of one table, by their ids. */
export interface Rows {
  metadata: EntityMetadata;
  ids: readonly string[];
}

/** Copies rows of any tables into their history, with one statement. */
export type Recorder = (queryRunner: QueryRunner, rows: readonly Rows[], change: Change) => Promise<void>;

/** Records rows that were just written as created or changed; a row that did not change gets no entry. */
export const recordWritten = recorder(
  (metadata, ids) => `${insertWritten(metadata)}
     from ${rowsOf(metadata, ids)} ${newestEntry(metadata)}, signed
     where ${differs(metadata)}
     order by position`,
);

/**
 * Records rows that are about to be deleted, and locks them, so that the recorded state is the deleted one. A row
 * without a history entry was created by the same transaction and gets none.
 */
export const recordDeleted = recorder(
  (metadata, ids) => `${insertEntries(metadata)}
     select ${columnsOf(metadata, "l")}, ${DATE}, '-', ${SIGNATURE}
     from ${rowsOf(metadata, ids, "for update")} ${newestEntry(metadata)}, signed
     where last.history_type <> '-'
     order by position`,
);

function recorder(insertOf: (metadata: EntityMetadata, ids: string) => string): Recorder {
  return async (queryRunner, rows, change) => {
    const inserts = rows.map(
      ({ metadata }, i) => `entries${i} as (${insertOf(metadata, listOf(`$${i + 7}`, "uuid"))})`,
    );
    const ids = rows.map((table) => table.ids);
    const text = `with ${[signed(1), ...inserts].join(",\n     ")} select from signed`;
    await repeat(queryRunner, text, [...signature(change), ...ids]);
  };
}

// The newest entry of a row determines the kind of the next entry and its earliest date.
const TYPE = "case when last.history_type <> '-' then '~' else '+' end";
const DATE = "greatest(last.history_date, history_now())";
const SIGNATURE =
  "signed.reason, signed.user_id, signed.label, signed.source, signed.request_id, signed.user_role";

/** Looks up one row after the other by its key: this plan is good for every size of the table. */
function rowsOf(metadata: EntityMetadata, ids: string, lock = ""): string {
  return `unnest(${ids}) with ordinality touched (id, position)
     cross join lateral (select * from "${metadata.tableName}" where id = touched.id limit 1 ${lock}) l`;
}

function newestEntry(metadata: EntityMetadata): string {
  return `left join lateral (
       select h.history_date, h.history_type, row(${columnsOf(metadata, "h")})::record as image
       from "historical_${metadata.tableName}" h where h.id = l.id order by h.history_id desc limit 1
     ) last on true`;
}

/**
 * Author and operation, from the six parameters that begin with `$first`. They are also stored as settings of the
 * transaction, so that the guard uses them for changes that the database makes by itself, such as a cascade.
 */
function signed(first: number): string {
  const [reason, userId, label, source, requestId, role] = [0, 1, 2, 3, 4, 5].map(
    (i) => `$${first + i}::text`,
  );
  return `signed as materialized (
       select ${reason} as reason, ${userId}::bigint as user_id, ${label} as label, ${source} as source,
         ${requestId} as request_id, ${role} as user_role, set_config('history.reason', ${reason}, true),
         set_config('history.user_id', ${userId}, true), set_config('history.user', ${label}, true),
         set_config('history.request_id', ${requestId}, true), set_config('history.user_role', ${role}, true)
     )`;
}

function signature(change: Change): unknown[] {
  const { reason, userId, userLabel, source, requestId, userRole = null } = change;
  return [reason, userId, userLabel, source, requestId, userRole];
}

function insertWritten(metadata: EntityMetadata): string {
  return `${insertEntries(metadata)}
     select ${columnsOf(metadata, "l")}, ${DATE}, ${TYPE}, ${SIGNATURE}`;
}

/** Whether a row `l` is not as its newest entry says. */
function differs(metadata: EntityMetadata): string {
  return `(last.history_type <> '-' and row(${columnsOf(metadata, "l")})::record *= last.image) is not true`;
}

function insertEntries(metadata: EntityMetadata): string {
  const columns = trackedColumns(metadata)
    .map((column) => `"${column}"`)
    .join(", ");
  return `insert into "historical_${metadata.tableName}" (${columns}, history_date, history_type,
       history_change_reason, history_user_id, history_user_label, history_source, history_request_id, history_user_role)`;
}

function columnsOf(metadata: EntityMetadata, alias: string): string {
  return trackedColumns(metadata)
    .map((column) => `${alias}."${column}"`)
    .join(", ");
}

/** The columns of a tracked table that its history has too: all but when another system was last asked of a row. */
export function trackedColumns({ columns }: EntityMetadata): string[] {
  return columns.map(({ databaseName }) => databaseName).filter((name) => name !== "seen_at");
}
