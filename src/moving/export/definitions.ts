import type { SourceTable } from "../tables/source-table";
import { HISTORY_COLUMNS, TRACKED_TABLES } from "../tables/tracked-tables";
import type { Field } from "../tables/field";

const TYPES: Record<Field["kind"], string> = {
  text: "longtext",
  order: "varchar",
  uuid: "char(32)",
  instant: "datetime(6)",
  flag: "tinyint(1)",
  duration: "bigint(20)",
  action: "varchar",
  policyMode: "varchar(32)",
  site: "int(11)",
  user: "int(11)",
  link: "int(11)",
  kept: "varchar(15)",
};

const HISTORY_TYPES: Record<(typeof HISTORY_COLUMNS)[number], string> = {
  history_id: "int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY",
  history_date: "datetime(6) NOT NULL",
  history_change_reason: "varchar(100) DEFAULT NULL",
  history_type: "varchar(1) NOT NULL",
  history_user_id: "int(11) DEFAULT NULL",
};

/**
 * The CREATE TABLE of a table, as `mysqldump --tab` writes it beside the rows, without keys to other tables. It drops
 * nothing: the tables of an LMS are filled with `load.sql`.
 */
export function definitionOf(table: SourceTable, hasDashes: boolean): string {
  const { fields, past } = TRACKED_TABLES.find(({ live, past: other }) => live === table || other === table)!;
  const isPast = table === past;
  const lines = [
    isPast ? "`id` int(11) NOT NULL" : "`id` int(11) NOT NULL AUTO_INCREMENT PRIMARY KEY",
    ...fields.map(({ from, kind, isRequired, atMost }) => {
      const type = kind === "uuid" && hasDashes ? "uuid" : TYPES[kind];
      const length = atMost === null || type.includes("(") ? "" : `(${atMost})`;
      const isGiven = isRequired && !(isPast && (kind === "user" || kind === "link"));
      return `\`${from}\` ${length ? type.replace("longtext", "varchar") : type}${length} ${
        isGiven || kind === "kept" ? "NOT NULL" : "DEFAULT NULL"
      }`;
    }),
    ...(isPast ? HISTORY_COLUMNS.map((column) => `\`${column}\` ${HISTORY_TYPES[column]}`) : []),
  ];
  return `CREATE TABLE \`${table.name}\` (\n  ${lines.join(",\n  ")}\n) DEFAULT CHARSET=utf8mb4;\n`;
}
