import { DefaultNamingStrategy, type Table } from "typeorm";
import { snakeCase } from "./fields";

/** Names columns in snake case, and keys as PostgreSQL itself names them. Indexes and checks are named by hand. */
export class Naming extends DefaultNamingStrategy {
  override columnName(field: string, given: string | undefined, prefixes: string[]): string {
    return snakeCase([...prefixes, given ?? field].join("_"));
  }

  override primaryKeyName(table: Table | string): string {
    return `${this.getTableName(table)}_pkey`;
  }

  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return `${this.getTableName(table)}_${columns.join("_")}_key`;
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return `${this.getTableName(table)}_${columns.join("_")}_fkey`;
  }
}
