import type { Database } from "../../store/statement";

/** Columns of history that only the database itself fills, so that no entry is forged into the past or for another role. */
const FILLED_BY_DATABASE = ["history_id", "history_txid", "history_role", "history_claimed_label"];

/** What may be granted of which tables. */
export interface Kinds {
  /** Tables that are written as any others. */
  live: string[];
  /** Tables of entries: columns may be inserted, but for those that the database fills. */
  history: string[];
  /** Tables that are only added to. */
  added: string[];
  /** Tables that only the owner, or a function of the owner, writes. */
  owners: string[];
  /** The clock of history, from which nothing is deleted. */
  clock: string;
  /** The sequence of the ids of entries, which nobody sets. */
  sequence: string;
}

/** The privileges that nobody but the owner of the tables should have: one sentence for each. */
export async function privilegeFaults(
  db: Database,
  { live, history, added, owners, clock, sequence }: Kinds,
): Promise<string[]> {
  const rows = await db.query<{ fault: string }[]>(
    `with granted as (
       select c.oid, relname::text, relowner, privilege_type, grantee, null as column_name
       from pg_class c, aclexplode(relacl)
       union all
       select c.oid, relname::text, relowner, privilege_type, grantee, attname
       from pg_class c join pg_attribute on attrelid = c.oid, aclexplode(attacl))
     select distinct format('%s may %s %s%s', case grantee when 0 then 'everybody' else grantee::regrole::text end,
       lower(privilege_type), relname, '.' || column_name) as fault
     from granted
     where grantee <> relowner and relname = any($1::text[] || $2::text[] || $3::text[] || $4::text[] || array[$5, $6])
       and oid = to_regclass(quote_ident(relname)) and case
         when relname = $6 then privilege_type = 'UPDATE'
         when relname = any($1) then privilege_type in ('TRUNCATE', 'TRIGGER')
         when relname = $5 then privilege_type in ('DELETE', 'TRUNCATE', 'TRIGGER')
         when relname = any($3) then privilege_type not in ('SELECT', 'INSERT', 'REFERENCES', 'MAINTAIN')
         when column_name is null or relname = any($4) then privilege_type not in ('SELECT', 'REFERENCES', 'MAINTAIN')
         else privilege_type = 'UPDATE' or privilege_type = 'INSERT' and column_name = any($7) end
     order by 1`,
    [live, history, added, owners, clock, sequence, FILLED_BY_DATABASE],
  );
  return rows.map(({ fault }) => fault);
}
