import type { Database } from "../../store/statement";

/** The functions of PostgreSQL by which the text of an entry is read. */
const READ_BY = [
  "to_char",
  "timezone",
  "extract",
  "encode",
  "to_json",
  "json_build_array",
  "json_agg",
  "text",
];
/** The first id that PostgreSQL does not give to what it brings itself. */
const FIRST_OWN_ID = 16_384;

/**
 * What is wrong with how functions run, whatever their source: those of history must look for what they use where they were
 * made, and those of PostgreSQL by which entries are read must be its own.
 */
export async function runFaults(db: Database, names: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ fault: string }[]>(
    `select format('function %s does not run as it was made', proname) as fault from pg_proc
     where pronamespace = current_schema()::regnamespace and proname = any($1::text[]) and (proisstrict
       or proconfig is distinct from case when starts_with(proname, 'guard_') or proname = any('{history_erase,history_retain,history_forget_keys}')
         then array['search_path=' || quote_ident(current_schema()) || ', pg_temp'] end)
     union
     select format('function %s is not that of PostgreSQL', proname) from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname = any($2::text[])
       and (oid >= ${FIRST_OWN_ID} or prolang <> (select oid from pg_language where lanname = 'internal'))
     order by 1`,
    [names, READ_BY],
  );
  return rows.map(({ fault }) => fault);
}
