import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { EntityManager } from "typeorm";
import type { SourceRow } from "../sources/source";
import { stagedName } from "./names";
import type { SourceTable } from "../tables/source-table";

/** Copies rows into the staged table of a source table. Memory stays bounded: rows are taken as PostgreSQL takes them. */
export async function copyRows(
  tx: EntityManager,
  table: SourceTable,
  rows: AsyncIterable<SourceRow[]>,
): Promise<void> {
  const client = (await tx.queryRunner!.connect()) as PoolClient;
  const columns = [...table.columns, "nuls"].map((column) => `"${column}"`).join(", ");
  const into = client.query(copyFrom(`copy ${stagedName(table)} (${columns}) from stdin`));
  await pipeline(Readable.from(linesOf(table, rows)), into);
}

async function* linesOf(table: SourceTable, rows: AsyncIterable<SourceRow[]>): AsyncGenerator<string> {
  for await (const some of rows) if (some.length > 0) yield some.map((row) => lineOf(table, row)).join("");
}

/**
 * A row in the text format of COPY. PostgreSQL has no text with the character NUL: it is taken out, and the last column
 * says where it was.
 */
function lineOf({ columns }: SourceTable, row: SourceRow): string {
  let nuls: Record<string, number[]> | null = null;
  let line = "";
  for (let i = 0; i < row.length; i++) {
    let value = row[i]!;
    if (value?.includes("\0")) {
      nuls ??= {};
      nuls[columns[i]!] = placesOfNul(value);
      value = value.replaceAll("\0", "");
    }
    line += `${value === null ? String.raw`\N` : escaped(value)}\t`;
  }
  return `${line}${nuls ? escaped(JSON.stringify(nuls)) : String.raw`\N`}\n`;
}

function placesOfNul(value: string): number[] {
  const places: number[] = [];
  for (let at = value.indexOf("\0"); at >= 0; at = value.indexOf("\0", at + 1)) places.push(at);
  return places;
}

const ESCAPES: Record<string, string> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
};

function escaped(value: string): string {
  return /[\\\t\n\r]/.test(value) ? value.replaceAll(/[\\\t\n\r]/g, (found) => ESCAPES[found]!) : value;
}
