import type { QueryRunner } from "typeorm";

/** A table, as the catalog has it. */
export interface StoredTable {
  /** Its name with that of its schema, quoted where needed. */
  name: string;
  /** The names of its columns, in their order, quoted where needed. */
  columns: string[];
  /** Whether it is of this schema and belongs to who asks, so that a migration may change it. */
  isOurs: boolean;
}

/** How much a table holds. */
export interface Counts {
  /** How many rows it has. */
  rows: number;
  /** By column, how many values are not null. */
  values: Map<string, number>;
}

const TABLES = `
  select format('%I.%I', nspname, relname) as name, array_agg(format('%I', attname) order by attnum) as columns,
    nspname = current_schema() and pg_has_role(relowner, 'member') as "isOurs"
  from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
  where relkind = 'r' and attnum > 0 and not attisdropped and nspname not in ('pg_catalog', 'information_schema')
    and nspname not like 'pg\\_%' and relname <> 'migrations'
  group by nspname, relname, relowner order by 1`;

/** All tables with columns, but for the list of migrations. */
export async function storedTables(connection: QueryRunner): Promise<StoredTable[]> {
  return (await connection.query(TABLES)) as StoredTable[];
}

/** How much each of some tables holds, by the name of the table. */
export async function countsOf(
  connection: QueryRunner,
  tables: readonly StoredTable[],
): Promise<Map<string, Counts>> {
  const counts = new Map<string, Counts>();
  for (const { name, columns } of tables) {
    const each = columns.map((column) => `count(${column})`).join(", ");
    const [{ found }] = (await connection.query(
      `select array[count(*), ${each}]::text[] as found from ${name}`,
    )) as [{ found: string[] }];
    const [rows, ...values] = found.map(Number);
    counts.set(name, { rows: rows!, values: new Map(columns.map((column, i) => [column, values[i]!])) });
  }
  return counts;
}
