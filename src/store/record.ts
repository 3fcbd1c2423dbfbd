import type { EntityMetadata, QueryRunner } from "typeorm";
import { listOf, repeat } from "./statement";
import type { Change } from "./transact";

/** Copies rows just written into their history, as created or changed; a row that did not change leaves no entry. */
export async function recordWritten(
  queryRunner: QueryRunner,
  metadata: EntityMetadata,
  ids: readonly string[],
  change: Change,
): Promise<void> {
  const row = columnsOf(metadata, "l");
  await repeat(
    queryRunner,
    `with ${signed(1)}
     ${insertEntries(metadata)}
     select ${row}, ${DATE}, ${TYPE}, ${SIGNATURE}
     from unnest(${listOf("$6", "uuid")}) with ordinality touched (id, position)
     join "${metadata.tableName}" l on l.id = touched.id
     ${newestEntry(metadata)}, signed
     where (last.history_type <> '-' and row(${row})::record *= last.image) is not true
     order by position`,
    [...signature(change), ids],
  );
}

/**
 * Copies rows about to be deleted into their history, locking them, so that what is recorded is what is deleted. A row
 * that the same transaction has created unrecorded was never there.
 */
export async function recordDeleted(
  queryRunner: QueryRunner,
  metadata: EntityMetadata,
  ids: readonly string[],
  change: Change,
): Promise<void> {
  await repeat(
    queryRunner,
    `with ${signed(1)}
     ${insertEntries(metadata)}
     select ${columnsOf(metadata, "l")}, ${DATE}, '-', ${SIGNATURE}
     from (
       select touched.position, doomed.* from unnest(${listOf("$6", "uuid")}) with ordinality touched (id, position)
       join "${metadata.tableName}" doomed on doomed.id = touched.id order by position for update of doomed
     ) l
     ${newestEntry(metadata)}, signed
     where last.history_type <> '-'
     order by position`,
    [...signature(change), ids],
  );
}

/** Runs a statement that returns the rows it has written and records each of them with it, for `writeSet()`. */
export async function recordReturned(
  queryRunner: QueryRunner,
  metadata: EntityMetadata,
  statement: string,
  values: readonly unknown[],
  change: Change,
): Promise<string[]> {
  const rows: { id: string }[] = await queryRunner.query(
    `with l as (${statement}), ${signed(values.length + 1)}
     ${insertEntries(metadata)}
     select ${columnsOf(metadata, "l")}, ${DATE}, ${TYPE}, ${SIGNATURE}
     from l ${newestEntry(metadata)}, signed
     returning id`,
    [...values, ...signature(change)],
  );
  return rows.map((row) => row.id);
}

// The newest entry of a row says which kind the next one is, and what its date cannot be before.
const TYPE = "case when last.history_type <> '-' then '~' else '+' end";
const DATE = "greatest(last.history_date, history_now())";
const SIGNATURE =
  "signed.reason, signed.user_id, signed.label, signed.source, signed.request_id, pg_current_xact_id()::text::bigint";

function newestEntry(metadata: EntityMetadata): string {
  return `left join lateral (
       select h.history_date, h.history_type, row(${columnsOf(metadata, "h")})::record as image
       from "historical_${metadata.tableName}" h where h.id = l.id order by h.history_id desc limit 1
     ) last on true`;
}

/**
 * Who and why, from the five parameters that begin with `$first`. It signs the transaction too, so that the guard
 * names the same person where it adds what the database did of itself, such as a cascade.
 */
function signed(first: number): string {
  const [reason, userId, label, source, requestId] = [0, 1, 2, 3, 4].map((i) => `$${first + i}::text`);
  return `signed as materialized (
       select ${reason} as reason, ${userId}::bigint as user_id, ${label} as label, ${source} as source,
         ${requestId} as request_id, set_config('history.reason', ${reason}, true),
         set_config('history.user_id', ${userId}, true), set_config('history.user', ${label}, true),
         set_config('history.request_id', ${requestId}, true)
     )`;
}

function signature(change: Change): unknown[] {
  return [change.reason, change.userId, change.userLabel, change.source, change.requestId];
}

function insertEntries(metadata: EntityMetadata): string {
  const columns = metadata.columns.map((column) => `"${column.databaseName}"`).join(", ");
  return `insert into "historical_${metadata.tableName}" (${columns}, history_date, history_type,
       history_change_reason, history_user_id, history_user_label, history_source, history_request_id, history_txid)`;
}

function columnsOf(metadata: EntityMetadata, alias: string): string {
  return metadata.columns.map((column) => `${alias}."${column.databaseName}"`).join(", ");
}
