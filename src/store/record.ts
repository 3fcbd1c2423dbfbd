import type { EntityMetadata, QueryRunner } from "typeorm";
import type { Change } from "./transact";

/** Copies rows just written into their history, as created or changed; a row that did not change leaves no entry. */
export async function recordWritten(
  queryRunner: QueryRunner,
  metadata: EntityMetadata,
  ids: readonly string[],
  change: Change,
): Promise<void> {
  const row = columnsOf(metadata, "l");
  await queryRunner.query(
    `${insertInto(metadata)}
     select ${row}, greatest(last.history_date, history_now()),
       case when last.history_type <> '-' then '~' else '+' end, ${SIGNATURE}
     from unnest($6::uuid[]) with ordinality touched (id, position)
     join "${metadata.tableName}" l on l.id = touched.id
     ${newestEntry(metadata)}, signed
     where (last.history_type <> '-' and row(${row})::record *= last.image) is not true
     order by position`,
    [...signature(change), ids],
  );
}

/** Copies rows about to be deleted into their history, locking them, so that what is recorded is what is deleted. */
export async function recordDeleted(
  queryRunner: QueryRunner,
  metadata: EntityMetadata,
  ids: readonly string[],
  change: Change,
): Promise<void> {
  await queryRunner.query(
    `${insertInto(metadata)}
     select ${columnsOf(metadata, "l")}, greatest(last.history_date, history_now()), '-', ${SIGNATURE}
     from (
       select touched.position, doomed.* from unnest($6::uuid[]) with ordinality touched (id, position)
       join "${metadata.tableName}" doomed on doomed.id = touched.id order by position for update of doomed
     ) l
     ${newestEntry(metadata)}, signed
     order by position`,
    [...signature(change), ids],
  );
}

/** The columns of a tracked table, as those of an alias. */
export function columnsOf(metadata: EntityMetadata, alias: string): string {
  return metadata.columns.map((column) => `${alias}."${column.databaseName}"`).join(", ");
}

/** The history of a tracked table, by the name that `track_history()` gives it. */
export function historyTable(metadata: EntityMetadata): string {
  return `"historical_${metadata.tableName}"`;
}

/** The five values of a change that begin the parameters of a statement that records it. */
export function signature(change: Change): unknown[] {
  return [change.reason, change.userId, change.userLabel, change.source, change.requestId];
}

const SIGNATURE = "$1, $2::bigint, $3, $4, $5, pg_current_xact_id()::text::bigint";

/**
 * The head of a statement that records. It signs the transaction too, so that the guard names the same person where
 * it adds to it what the database did of itself, such as a cascade.
 */
function insertInto(metadata: EntityMetadata): string {
  const columns = metadata.columns.map((column) => `"${column.databaseName}"`).join(", ");
  return `with signed as materialized (
       select set_config('history.reason', $1, true), set_config('history.user_id', $2::text, true),
         set_config('history.user', $3, true), set_config('history.request_id', $5, true)
     )
     insert into ${historyTable(metadata)} (${columns}, history_date, history_type, history_change_reason,
       history_user_id, history_user_label, history_source, history_request_id, history_txid)`;
}

function newestEntry(metadata: EntityMetadata): string {
  return `left join lateral (
       select h.history_date, h.history_type, row(${columnsOf(metadata, "h")})::record as image
       from ${historyTable(metadata)} h where h.id = l.id order by h.history_id desc limit 1
     ) last on true`;
}
