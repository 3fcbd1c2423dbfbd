import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

const GUARDED: Replacement[] = [
  [
    "'history_told', 'history_checkpoint', 'history_cosignature']",
    "'history_told', 'history_checkpoint', 'history_cosignature', 'history_given_up']",
  ],
];

/**
 * Checkpoints of another past that were kept elsewhere, and that an operator has given up: those that were made after the
 * backup which was restored. Each stands there for ever, with the reason and who it was.
 */
export class GiveUpCheckpoints1795346400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table history_given_up (
        size bigint,
        root text,
        at timestamptz(3) not null default history_now(),
        role text not null default session_user,
        reason text not null constraint history_given_up_reason_check check (reason <> ''),
        constraint history_given_up_pkey primary key (size, root)
      );
      select bound_instants('history_given_up');
    `);
    await redefine(db, "guard_history_order", GUARDED);
    await db.query("select guard_history_order()");
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await db.query("drop table history_given_up");
  }
}
