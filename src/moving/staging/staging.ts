import type { EntityManager } from "typeorm";
import { ALL_TABLES } from "../tables/all";
import { LMS_TABLES, type SourceTable } from "../tables/source-table";
import { FUNCTIONS } from "./functions";
import { STAGING, stagedName } from "./names";

/** Makes an empty staging schema, and removes what an earlier import left. */
export async function makeStaging(tx: EntityManager): Promise<void> {
  await tx.query(`drop schema if exists ${STAGING} cascade; create schema ${STAGING}`);
  await tx.query(FUNCTIONS);
  for (const table of ALL_TABLES) await tx.query(createTable(table));
  await tx.query(`
    create table ${STAGING}.import (source text, given_as_of text, as_of timestamptz(3), is_loaded boolean not null default false,
      is_partial boolean not null);
    create table ${STAGING}.piece (step text, first bigint, last bigint, rows bigint, is_done boolean not null default false);
    create unlogged table ${STAGING}.place (history text, source_id bigint, history_id bigint, primary key (history, source_id));
    create unlogged table ${STAGING}.owner (id bigint primary key);
    create unlogged table ${STAGING}.linked (id bigint primary key);
    create table ${STAGING}.note (source_table text, source_id text, outcome text, reason text);
    create table ${STAGING}.tally (source_table text, outcome text, rows bigint)`);
}

/** Removes the staging schema. */
export async function removeStaging(tx: EntityManager): Promise<void> {
  await tx.query(`drop schema if exists ${STAGING} cascade`);
}

/** Removes the enrollments that were read once for their learner and once for an entitlement. */
export async function removeRepeated(tx: EntityManager): Promise<void> {
  const enrollments = stagedName(LMS_TABLES.ENROLLMENTS);
  await tx.query(`delete from ${enrollments} a using ${enrollments} b where a.id = b.id and a.line > b.line`);
}

/** Makes what has been staged quick to look up. It fails where a file holds an id twice. */
export async function indexStaging(tx: EntityManager): Promise<void> {
  for (const table of ALL_TABLES) {
    const [own, ...others] = table.numbers.includes("history_id")
      ? ["history_id", "id"]
      : [table.numbers[0] ?? "line", ...table.numbers.slice(1)];
    const unique = own === "user_id" || own === "line" ? "" : "unique";
    await tx.query(`create ${unique} index on ${stagedName(table)} (${own})`);
    for (const other of others) await tx.query(`create index on ${stagedName(table)} (${other})`);
    await tx.query(`analyze ${stagedName(table)}`);
  }
  const entitlements = `${STAGING}.entitlements_courseentitlement`;
  for (const [wanted, column] of [
    ["owner", "user_id"],
    ["linked", "enrollment_course_run_id"],
  ])
    await tx.query(`insert into ${STAGING}.${wanted} select distinct id
      from (select ${STAGING}.number_of(${column}) as id from ${entitlements}) each where id is not null`);
}

/** Unlogged: after a crash of PostgreSQL it is empty, and the source is read again. */
function createTable(table: SourceTable): string {
  const columns = table.columns.map(
    (column) => `"${column}" ${table.numbers.includes(column) ? "bigint" : "text"}`,
  );
  return `create unlogged table ${stagedName(table)}
    (line bigint generated always as identity, ${columns.join(", ")}, nuls jsonb)`;
}
