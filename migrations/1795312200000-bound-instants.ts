import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Every instant that is stored lies in the years 1 to 9999: what PostgreSQL has beyond them, such as `infinity`, no
 * client can read. A migration that adds such a column calls `bound_instants(table)` again.
 *
 * Rows that hold another instant stop this migration, which names them: an operator has to decide what is meant. Past
 * entries of history are left as they are, as history is never changed; new ones are bound.
 */
export class BoundInstants1795312200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function bound_instants(bounded regclass) returns void language plpgsql as $$
      declare
        within constant text := '(%1$I >= ''0001-01-01 00:00:00+00'' and %1$I < ''10000-01-01 00:00:00+00'')';
        is_history boolean := bounded::text like 'historical\\_%';
        constraint_name text := bounded || '_instants_check';
        instants text[] := (select array_agg(attname order by attnum) from pg_attribute
          where attrelid = bounded and atttypid = 'timestamptz'::regtype and attnum > 0 and not attisdropped);
        condition text := (select string_agg(format(within, instant), ' and ') from unnest(instants) instant);
        instant text;
        outside bigint := 0;
      begin
        execute format('alter table %s drop constraint if exists %I', bounded, constraint_name);
        if condition is null then return; end if;
        foreach instant in array instants loop
          execute format('select count(*) from %s where not ' || format(within, instant), bounded) into outside;
          exit when outside > 0;
        end loop;
        if outside > 0 and not is_history then
          raise exception '% of % holds an instant outside the years 1 to 9999 in % row(s): change them, then migrate again',
            instant, bounded, outside using errcode = 'check_violation';
        end if;
        execute format('alter table %s add constraint %I check (%s) %s', bounded, constraint_name, condition,
          case when outside > 0 then 'not valid' else '' end);
      end $$;
      select bound_instants(oid) from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'r' order by relname;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      do $$
      declare bounded record;
      begin
        for bounded in select conrelid::regclass as name, conname from pg_constraint
          where conname like '%\\_instants\\_check' and connamespace = current_schema()::regnamespace
        loop
          execute format('alter table %s drop constraint %I', bounded.name, bounded.conname);
        end loop;
      end $$;
      drop function bound_instants;
    `);
  }
}
