import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

/** Nor do the counts go back. */
const FORWARD: Replacement[] = [
  [
    "new.settled_until >= old.settled_until then",
    `new.settled_until >= old.settled_until
          and new.checkpoints >= old.checkpoints and new.cosignatures >= old.cosignatures then`,
  ],
];
/** The triggers that count are made with the others. */
const GUARDED: Replacement[] = [
  [
    "alter table history_clock enable always trigger forward;",
    `alter table history_clock enable always trigger forward;
        foreach added in array array['history_checkpoint', 'history_cosignature'] loop
          execute format('drop trigger if exists counted on %1$I;
            create trigger counted after insert on %1$I referencing new table as added
              for each statement execute function history_count();
            alter table %1$I enable always trigger counted', added);
        end loop;`,
  ],
];

/** The clock of history counts checkpoints and cosignatures, so that it shows when one was taken away that nobody has kept. */
export class CountSeals1795345200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table history_clock
        add column checkpoints bigint not null default 0,
        add column cosignatures bigint not null default 0;

      create function history_count() returns trigger language plpgsql as $$
      begin
        if tg_table_name = 'history_checkpoint' then
          update history_clock set checkpoints = checkpoints + (select count(*) from added);
        else
          update history_clock set cosignatures = cosignatures + (select count(*) from added);
        end if;
        return null;
      end $$;
    `);
    await redefine(db, "history_clock_forward", FORWARD);
    await redefine(db, "guard_history_order", GUARDED);
    await db.query(`
      select guard_history_order();
      update history_clock set checkpoints = (select count(*) from history_checkpoint),
        cosignatures = (select count(*) from history_cosignature);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await redefine(db, "history_clock_forward", FORWARD.map(reversed));
    await db.query(`
      drop trigger counted on history_checkpoint;
      drop trigger counted on history_cosignature;
      drop function history_count;
      alter table history_clock drop column checkpoints, drop column cosignatures;
    `);
  }
}
