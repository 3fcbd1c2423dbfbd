import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

const GUARD_HISTORY: Replacement[] = [
  [
    "      begin\n        -- Only the programs",
    `      begin
        if tg_relid <> '%1$s'::regclass then
          raise exception 'guard_%1$s() guards no other table than %1$s'
            using errcode = 'object_not_in_prerequisite_state';
        end if;
        -- Only the programs`,
  ],
  ["end $body$;\n", "end $body$;\n      revoke execute on function guard_%1$s() from public;\n"],
];

/** Does something for each tracked table, after its guard was made anew. */
const eachTable = (statements: string) => `
  do $$
  declare live text;
  begin
    for live in select substr(table_name, length('historical_') + 1) from information_schema.tables
      where table_schema = current_schema() and table_name like 'historical\\_%' order by table_name
    loop
      perform guard_history(live::regclass);
      ${statements}
    end loop;
  end $$;`;

/**
 * A guard writes history with the rights of its owner, from the row that its trigger is given. So it is the trigger of its own
 * table only: whoever may delete an entitlement could otherwise make it record a row of a temporary table instead, with any
 * values. Nobody but the owner may make another trigger of it; what fires a trigger needs no right.
 */
export class GuardOwnTablesOnly1795356000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history", GUARD_HISTORY);
    await db.query(eachTable(""));
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history", GUARD_HISTORY.map(reversed));
    await db.query(eachTable("execute format('grant execute on function guard_%s to public', live);"));
  }
}
