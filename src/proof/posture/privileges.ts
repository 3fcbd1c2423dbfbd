import { AROUND, OF_USE } from "../../store/schema/grants";
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
  /** Tables from which nothing is deleted: the clock of history, and the hashes of what is sealed. */
  kept: string[];
  /** The sequence of the ids of entries, which nobody sets. */
  sequence: string;
}

/** The privileges that nobody but the owner of the tables should have: one sentence for each. */
export async function privilegeFaults(
  db: Database,
  { live, history, added, owners, kept, sequence }: Kinds,
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
     where grantee <> relowner and relname = any($1::text[] || $2::text[] || $3::text[] || $4::text[] || $5::text[] || $6::text)
       and oid = to_regclass(quote_ident(relname)) and case
         when relname = $6 then privilege_type = 'UPDATE'
         when relname = any($1) then privilege_type in ('TRUNCATE', 'TRIGGER')
         when relname = any($5) then privilege_type in ('DELETE', 'TRUNCATE', 'TRIGGER')
         when relname = any($3) then privilege_type not in ('SELECT', 'INSERT', 'REFERENCES', 'MAINTAIN')
         when column_name is null or relname = any($4) then privilege_type not in ('SELECT', 'REFERENCES', 'MAINTAIN')
         else privilege_type = 'UPDATE' or privilege_type = 'INSERT' and column_name = any($7) end
     order by 1`,
    [live, history, added, owners, kept, sequence, FILLED_BY_DATABASE],
  );
  return rows.map(({ fault }) => fault);
}

/** Of our functions that run with the rights of the owner, the one that the role that serves calls as well. */
const FOR_SERVING = "history_erase";
/** Roles of PostgreSQL itself that may write any table, or any file and so any table: no table lists them. */
const WRITING_ALL = ["pg_write_all_data", "pg_write_server_files", "pg_execute_server_program"];

/**
 * Who else can do what the owner of the tables may: by its functions, by what they could be made to find in the schema, as a
 * member of its role, as the owner of what the tables are in, and as a member of a role that may write everything.
 */
const OWNERSHIP = `
  with owner as (select relowner as role from pg_class where oid = to_regclass(quote_ident($1))),
  kind as (select ${OF_USE} as of_use),
  named as (select case grantee when 0 then 'everybody' else grantee::regrole::text end as who, what from (
    select grantee, 'execute ' || proname as what
    from pg_proc, owner, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    where pronamespace = current_schema()::regnamespace and privilege_type = 'EXECUTE' and grantee not in (role, proowner)
      and prosecdef and proname ~ '^(history|guard)_' and (proname <> $2 or grantee = 0)
    union all
    select grantee, format('create anything in the schema %I, also what the functions of history then find', nspname)
    from pg_namespace, owner, aclexplode(nspacl)
    where nspname = current_schema() and privilege_type = 'CREATE' and grantee not in (role, nspowner)
  ) granted left join pg_roles on pg_roles.oid = grantee where rolsuper is not true)
  select distinct format('%s may %s', who, what) as fault from named
  union
  select format('%s is a member of %s, which owns the tables', rolname, role::regrole) from pg_roles r, owner, kind
  where not rolsuper and r.oid <> role and pg_has_role(r.oid, role, of_use)
  union
  select format(case r.oid when holder then '%1$s owns' else '%1$s is a member of %3$s, which owns' end
    || ' the %2$s, and so may drop what is in it', rolname, what, holder::regrole)
  from pg_roles r, owner, kind, (${AROUND}) around
  where not rolsuper and holder <> role and pg_has_role(r.oid, holder, of_use) and not pg_has_role(r.oid, role, of_use)
  union
  select format('%s is a member of %s, which may write everything', r.rolname, w.rolname)
  from pg_roles r, owner, kind, pg_roles w
  where w.rolname = any($3) and not r.rolsuper and r.oid not in (role, w.oid) and pg_has_role(r.oid, w.oid, of_use)
  order by 1`;

/** The roles that could do what the owner of the tables may, but for superusers: one sentence for each. */
export async function ownershipFaults(db: Database, table: string): Promise<string[]> {
  const rows = await db.query<{ fault: string }[]>(OWNERSHIP, [table, FOR_SERVING, WRITING_ALL]);
  return rows.map(({ fault }) => fault);
}
