import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

const GUARD_HISTORY: Replacement[] = [
  [
    "alter table historical_%1$s enable always trigger append_only;",
    `drop trigger if exists append_only_rows on historical_%1$s;
      create trigger append_only_rows before update or delete on historical_%1$s
        for each row execute function history_refuse();
      alter table historical_%1$s enable always trigger append_only, enable always trigger append_only_rows;`,
  ],
];
const GUARDED: Replacement[] = [
  [
    "alter table %1$I enable always trigger append_only', added);",
    `drop trigger if exists append_only_rows on %1$I;
            create trigger append_only_rows before update or delete on %1$I
              for each row execute function history_refuse();
            alter table %1$I enable always trigger append_only, enable always trigger append_only_rows', added);`,
  ],
];
/** What a trigger of a row lets pass is the row itself. */
const REFUSE: Replacement[] = [["then return null; end if;", "then return coalesce(new, old); end if;"]];

/**
 * What is only added to refuses the change of each row as well: where a table was made the child of another one, statements
 * on the parent fire the triggers of its rows alone.
 */
export class RefuseEachRow1795358400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await redefine(db, "history_refuse", REFUSE);
    await redefine(db, "guard_history", GUARD_HISTORY);
    await redefine(db, "guard_history_order", GUARDED);
    await db.query(`
      select guard_history(substr(relname, length('historical_') + 1)::regclass) from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname like 'historical\\_%' order by relname;
      select guard_history_order();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await redefine(db, "guard_history", GUARD_HISTORY.map(reversed));
    await redefine(db, "history_refuse", REFUSE.map(reversed));
    await db.query(`
      do $$
      declare added regclass;
      begin
        for added in select tgrelid from pg_trigger join pg_class c on c.oid = tgrelid
          where relnamespace = current_schema()::regnamespace and tgname = 'append_only_rows'
        loop
          execute format('drop trigger append_only_rows on %s', added);
        end loop;
      end $$;
    `);
  }
}
