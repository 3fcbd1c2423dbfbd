import type { EntityManager } from "typeorm";

/** A guard of history whose condition names another role than the one that owns its table. */
export interface StaleGuard {
  /** The table that it guards. */
  table: string;
  /** Whether who asks has the rights of the owner. */
  isOurs: boolean;
}

/** One that names no role was made by nobody of ours: it is not renewed, so that it can be seen. */
const STALE = `
  select c.oid::regclass::text as "table", pg_has_role(relowner, 'usage') as "isOurs"
  from pg_trigger t join pg_class c on c.oid = tgrelid join pg_proc p on p.oid = tgfoid
  where relnamespace = current_schema()::regnamespace and tgname = 'guard' and proname = 'guard_' || relname
    and pg_get_triggerdef(t.oid) ~ 'SESSION_USER <> ''' and position(
      format('SESSION_USER <> ''%s''::name', replace(pg_get_userbyid(relowner), '''', '''''')) in pg_get_triggerdef(t.oid)) = 0
  order by 1`;

/**
 * The guards that a role of another name could tell that history is recorded already: they keep the name of the owner, and the
 * role was renamed since, or the tables were given to another one, or restored under it.
 */
export function staleGuards(db: EntityManager): Promise<StaleGuard[]> {
  return db.query<StaleGuard[]>(STALE);
}

/** Has them name the role that owns their tables now, as that role. */
export function renewGuards(owner: EntityManager, stale: readonly StaleGuard[]): Promise<void> {
  return owner.transaction(async (tx) => {
    for (const { table } of stale) await tx.query("select guard_history($1::regclass)", [table]);
  });
}
