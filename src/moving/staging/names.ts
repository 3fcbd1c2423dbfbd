import type { SourceTable } from "../tables/source-table";

/** Where the rows of a source wait, as they are in the source. It exists only while an import runs. */
export const STAGING = "import_staging";

/** The staged table of a source table, for SQL. */
export function stagedName({ name }: SourceTable): string {
  return `${STAGING}."${name}"`;
}
